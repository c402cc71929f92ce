/// The two kinds of enrollments; their names are apart.
package enum EnrollmentKind: String, CaseIterable, Sendable {
    /// One device.
    case individual
    /// All devices that derive their keys, or have their certificates, from one thing.
    case group

    /// Where they are in the API.
    var path: String {
        switch self {
        case .individual: "/enrollments"
        case .group: "/enrollmentGroups"
        }
    }

    /// The member of a document that names it.
    package var idName: String {
        switch self {
        case .individual: "registrationId"
        case .group: "enrollmentGroupId"
        }
    }
}
