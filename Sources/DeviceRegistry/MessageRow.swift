import FoundationEssentials
import GRDB
import HubProtocol
import TelemetryJSON
import TelemetryModel

/// The row of table `message`.
struct MessageRow: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "message"

    /// `nil` before it is inserted.
    var number: Int64?
    var device: String
    var enqueuedMilliseconds: Int64
    var expiryMilliseconds: Int64
    var deliveries: Int
    var acknowledgement: String
    var author: String
    var messageID: String?
    var correlationID: String?
    var userID: String?
    var contentType: String?
    var contentEncoding: String?
    /// JSON, a list of names with their values: `[["alert","high"],["flag"]]`.
    var properties: String
    var payload: Data

    init(_ message: StoredMessage) {
        self.device = message.device.device
        self.enqueuedMilliseconds = message.enqueuedAt.milliseconds
        self.expiryMilliseconds = message.expiresAt.milliseconds
        self.deliveries = message.deliveryCount
        self.acknowledgement = message.acknowledgement.rawValue
        self.author = message.author
        self.messageID = message.messageID
        self.correlationID = message.correlationID
        self.userID = message.userID
        self.contentType = message.contentType
        self.contentEncoding = message.contentEncoding
        let properties = message.properties.map { property in
            JSONValue.array([.string(property.name)] + (property.value.map { [.string($0)] } ?? []))
        }
        self.properties = JSONValue.array(properties).description
        self.payload = Data(message.payload)
    }

    /// The message.
    ///
    /// - Throws: `RegistryError.storage` for a row that nobody here wrote.
    func message() throws(RegistryError) -> StoredMessage {
        guard let number = self.number, let device = IdentityID(device: self.device),
            let acknowledgement = StoredMessage.Acknowledgement(rawValue: self.acknowledgement),
            let properties = MessageRow.properties(self.properties)
        else { throw .storage("message \(self.number ?? 0) of \(self.device) cannot be read") }
        var message = StoredMessage(
            to: device,
            payload: Array(self.payload),
            author: self.author,
            enqueuedAt: Timestamp(milliseconds: self.enqueuedMilliseconds),
            expiresAt: Timestamp(milliseconds: self.expiryMilliseconds),
            acknowledgement: acknowledgement
        )
        message.number = number
        message.deliveryCount = self.deliveries
        message.messageID = self.messageID
        message.correlationID = self.correlationID
        message.userID = self.userID
        message.contentType = self.contentType
        message.contentEncoding = self.contentEncoding
        message.properties = properties
        return message
    }

    private static func properties(_ text: String) -> [StoredMessage.Property]? {
        guard let list = (try? JSONValue(parsing: text))?.array else { return nil }
        var properties: [StoredMessage.Property] = []
        for pair in list {
            guard let pair = pair.array, let name = pair.first?.string else { return nil }
            properties.append(StoredMessage.Property(name, pair.dropFirst().first?.string))
        }
        return properties
    }

    static func fetch(_ number: Int64, in database: Database) throws -> MessageRow? {
        try MessageRow.fetchOne(
            try database.cachedStatement(sql: "SELECT * FROM message WHERE number = ?"),
            arguments: [number]
        )
    }
}
