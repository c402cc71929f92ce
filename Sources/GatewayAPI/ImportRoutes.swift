import EventLog
import HTTPTypes
import HubProtocol
import Hummingbird
import NIOCore
import TelemetryJSON
import TelemetryModel

/// Readings of files put into the log over HTTP, each once however often they are sent: see ``ImportLedger``.
struct ImportRoutes: Sendable {
    let log: EventLog
    let ledger: ImportLedger
    let configuration: APIConfiguration

    func add(to table: inout RouteTable) {
        table.add(.importProgress, use: self.progress)
        table.add(.storeImport, use: self.store)
    }

    @Sendable private func progress(_ request: Request, context: APIContext) async throws -> Response {
        let (key, topic) = try self.key(request, context)
        return ImportRoutes.answer(stored: 0, next: try await self.ledger.next(of: key, in: topic))
    }

    @Sendable private func store(_ request: Request, context: APIContext) async throws -> Response {
        let (key, topic) = try self.key(request, context)
        let body = try await request.body.collect(upTo: self.configuration.importBodyBytesMax)
        let lines = try ImportBody(body).lines
        let (stored, next) = try await self.ledger.store(lines, of: key, in: topic)
        return ImportRoutes.answer(stored: stored, next: next)
    }

    private func key(_ request: Request, _ context: APIContext) throws -> (ImportLedger.Key, LogTopic) {
        let query = try QueryParameters(request.uri, allowing: ["device"])
        let name = try PathParameters.text("topic", context)
        guard !TopicRoutes.isHidden(name), let topic = self.log.topic(named: name) else {
            throw TopicRoutes.notFound(name, in: self.log)
        }
        guard name == self.configuration.telemetryTopic || !self.configuration.ownTopics.contains(name) else {
            let telemetry = self.configuration.telemetryTopic
            throw HubError(
                .topicProtected,
                "the topic \(name) is written by the gateway only: import into \(telemetry) or a topic of your own"
            )
        }
        let id = try PathParameters.text("import", context)
        guard (1...64).contains(id.utf8.count), id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw HubError(.argumentInvalid, "the import is “\(id.prefix(64))”, expected 1 to 64 letters and digits")
        }
        guard let text = query["device"], let device = IdentityID(text) else {
            throw HubError(
                .argumentInvalid,
                "device is “\((query["device"] ?? "").prefix(160))”, expected a device id or device/module"
            )
        }
        return (ImportLedger.Key(topic: name, device: device, id: id), topic)
    }

    private static func answer(stored: Int, next: Int64) -> Response {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.key("stored")
        writer.number(stored)
        writer.key("next")
        writer.number(next)
        writer.endObject()
        return .json(writer.bytes)
    }
}
