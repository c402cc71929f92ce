import Hummingbird
import NIOCore

/// What travels with a request through the router.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection that the request came on.
    let channel: any Channel
    /// Who asks, for the records of what is done: `policy:NAME`; empty where no token is asked for.
    var author = ""
    /// Names of the path whose values the route itself fixes: see ``RouteTable``.
    var captures: [String: String] = [:]

    init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }
}
