import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import TelemetryJSON

/// Answers requests at the paths of WebSockets that are no upgrade: those come first on their connection and
/// never reach the routes.
struct WebSocketRoutes: Sendable {
    func add(to router: Router<APIContext>) {
        for path in WebSocketService.allCases.flatMap(\.paths) where !path.hasSuffix("/") {
            router.get(RouterPath(path), use: self.notFirst)
            for method: HTTPRequest.Method in [.post, .put, .patch, .delete, .options] {
                router.on(RouterPath(path), method: method, use: self.notGet)
            }
        }
    }

    /// The bytes of an answer outside the HTTP server, which closes the connection.
    static func refusal(status: Int, sentence: String) -> String {
        let body = WebSocketRoutes.body(sentence)
        let version = status == 426 ? "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n" : ""
        return """
            HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r
            Content-Type: application/json; charset=utf-8\r
            Content-Length: \(body.count)\r
            \(version)Connection: close\r
            \r
            \(String(decoding: body, as: UTF8.self))
            """
    }

    @Sendable private func notFirst(_ request: Request, context: APIContext) -> Response {
        let sentence = "here are WebSockets: the upgrade must be the first request of its connection"
        var response = Response.json(WebSocketRoutes.body(sentence), status: .upgradeRequired)
        response.headers[.upgrade] = "websocket"
        response.headers[.secWebSocketVersion] = "13"
        response.headers[.connection] = "close"
        return response
    }

    @Sendable private func notGet(_ request: Request, context: APIContext) -> Response {
        var response = Response.json(WebSocketRoutes.body("a WebSocket begins with GET"), status: .methodNotAllowed)
        response.headers[.allow] = "GET"
        response.headers[.connection] = "close"
        return response
    }

    private static func body(_ sentence: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("Message")
        writer.string(sentence)
        writer.endObject()
        return writer.bytes
    }
}
