// OpenSSL 3 (Debian libssl-dev): HMAC and base64 for tokens, SSL_pending for the MQTT loop.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
