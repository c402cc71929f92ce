import COpenSSL
import EdgeCore
import Glibc
import TelemetryModel

/// The validity of the first certificate in a PEM file, without a connection.
struct CertificateFile {
    struct Fault: Error, Equatable {
        var message: String
    }

    let validFrom: Timestamp
    let validUntil: Timestamp

    /// - Throws: Why the file cannot be read as a certificate.
    init(_ path: String) throws(Fault) {
        guard let file = BIO_new_file(path, "r") else {
            let reason = LinuxError.text(errno)
            ERR_clear_error()
            throw Fault(message: "cannot read \(path): \(reason)")
        }
        defer { BIO_free(file) }
        guard let certificate = PEM_read_bio_X509(file, nil, nil, nil) else {
            ERR_clear_error()
            throw Fault(message: "\(path) holds no certificate (PEM)")
        }
        defer { X509_free(certificate) }
        self.validFrom = Timestamp(seconds: weir_asn1_seconds(X509_get0_notBefore(certificate)))
        self.validUntil = Timestamp(seconds: weir_asn1_seconds(X509_get0_notAfter(certificate)))
    }
}
