// Nanoseconds that croner takes to find the next time of each expression, as schedule_bench walks it: from 2026 on,
// each time after the last. Argument: croner's module. Prints {name: nanoseconds}.
const { Cron } = await import(process.argv[2]);

const cases = {
    cron_minutes_utc: ["*/5 * * * *", "UTC"],
    cron_minutes_new_york: ["*/5 * * * *", "America/New_York"],
    cron_weekdays_new_york: ["30 2 * * 1-5", "America/New_York"],
    cron_leap_day_new_york: ["0 0 29 2 *", "America/New_York"],
};
const out = {};
for (const [name, [expression, timezone]] of Object.entries(cases)) {
    const cron = new Cron(expression, { timezone, paused: true });
    const start = new Date("2026-01-01T00:00:00Z");
    const walk = (milliseconds) => {
        let at = start;
        let steps = 0;
        const began = process.hrtime.bigint();
        const end = began + BigInt(milliseconds) * 1_000_000n;
        let now = began;
        while (now < end) {
            for (let i = 0; i < 20; ++i) at = cron.nextRun(at) ?? start;
            steps += 20;
            now = process.hrtime.bigint();
        }
        return Number(now - began) / steps;
    };
    walk(300); // until it is compiled
    out[name] = walk(700);
}
console.log(JSON.stringify(out));
