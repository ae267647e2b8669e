// The one translation unit that holds Beast's own code (BOOST_BEAST_SEPARATE_COMPILATION). Only the parser is used, so
// the rest (WebSocket, deflate) is left out.
#define BOOST_BEAST_SOURCE // asks for the explicit instantiation of the parser
#include <boost/beast/core/impl/string.ipp>
#include <boost/beast/http/detail/basic_parser.ipp>
#include <boost/beast/http/detail/rfc7230.ipp>
#include <boost/beast/http/impl/basic_parser.ipp>
#include <boost/beast/http/impl/error.ipp>
#include <boost/beast/http/impl/field.ipp>
#include <boost/beast/http/impl/rfc7230.ipp>
#include <boost/beast/http/impl/status.ipp>
#include <boost/beast/http/impl/verb.ipp>
