import Glibc

/// The environment, of which the agent takes one secret only.
enum ProcessEnvironment {
    static func value(of name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
