/// What a device has proven at CONNECT: that one enrollment, as it was then, is its own.
package struct ProvisioningProof: Equatable, Sendable {
    package let enrollment: Enrollment.Reference
    /// Of the enrollment as the proof was checked against it: when it has changed since, the proof counts no more.
    package let etag: String

    /// The proof for an enrollment.
    package init(_ enrollment: Enrollment) {
        self.init(enrollment.reference, etag: enrollment.etag)
    }

    /// A proof that was given before.
    package init(_ enrollment: Enrollment.Reference, etag: String) {
        self.enrollment = enrollment
        self.etag = etag
    }
}
