// OpenSSL 3 (Debian libssl-dev): HMAC and base64 for tokens, TLS for the MQTT connection and for `GET /time`.
#ifndef WEIR_COPENSSL_SHIM_H
#define WEIR_COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <time.h>

// What OpenSSL has as macros only, which Swift does not see.

/// TLS 1.2 or later; renegotiation and partial writes are the library's business.
static inline int weir_ssl_require_tls12(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS);
    return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/// The name in the ClientHello.
static inline int weir_ssl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

/// Seconds since 1970; INT64_MIN for a time that cannot be read.
static inline int64_t weir_asn1_seconds(const ASN1_TIME *time) {
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return INT64_MIN;
    return (int64_t)timegm(&parts);
}

/// The latest beginning of validity in the chain that the peer showed, seconds since 1970; INT64_MIN for none.
static inline int64_t weir_x509_newest_not_before(X509_STORE_CTX *store) {
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(store);
    int64_t newest = INT64_MIN;
    for (int index = 0; chain != NULL && index < sk_X509_num(chain); index++) {
        int64_t begin = weir_asn1_seconds(X509_get0_notBefore(sk_X509_value(chain, index)));
        if (begin > newest) newest = begin;
    }
    return newest;
}

/// The earliest end of validity in the verified chain, seconds since 1970; INT64_MAX for none.
static inline int64_t weir_x509_oldest_not_after(X509_STORE_CTX *store) {
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
    int64_t oldest = INT64_MAX;
    for (int index = 0; chain != NULL && index < sk_X509_num(chain); index++) {
        int64_t end = weir_asn1_seconds(X509_get0_notAfter(sk_X509_value(chain, index)));
        if (end < oldest) oldest = end;
    }
    return oldest;
}

#endif
