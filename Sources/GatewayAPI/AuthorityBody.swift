/// What is asked of a new CA.
struct AuthorityBody: Decodable {
    /// Serial of the CA in use.
    var replaces: String?
    /// `true` unless said.
    var trustsFormer: Bool?
}
