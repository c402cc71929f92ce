/// A command about one device or module.
protocol IdentityNaming {
    /// `device` or `device/module`.
    var id: String { get }
}
