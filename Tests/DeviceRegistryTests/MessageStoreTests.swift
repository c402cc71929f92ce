import DeviceRegistry
import HubProtocol
import TelemetryJSON
import TelemetryModel
import Testing

@Suite("queues of cloud-to-device messages, contract iothub-rest section 6")
struct MessageStoreTests {
    private func registry() throws -> Registry {
        let registry = try Registry()
        try registry.enter(.create, "dev1")
        try registry.enter(.create, "dev1/m")
        try registry.enter(.create, "dev2")
        return registry
    }

    private func message(
        _ id: String,
        to device: String = "dev1",
        life: Duration = .seconds(60),
        acknowledgement: StoredMessage.Acknowledgement = .none
    ) throws -> StoredMessage {
        var message = StoredMessage(
            to: try Registry.id(device),
            payload: Array("payload of \(id)".utf8),
            author: "policy:service",
            enqueuedAt: Registry.now,
            expiresAt: Registry.now + life,
            acknowledgement: acknowledgement
        )
        message.messageID = id
        return message
    }

    private func enqueue(_ messages: [StoredMessage], in registry: Registry) throws -> [StoredMessage] {
        try registry.store.enqueue(messages).map { try $0.get() }
    }

    @Test("a message comes back as it was, with its number, after reopening too; its event has no payload")
    func whole() throws {
        let registry = try self.registry()
        var message = try self.message("m\"1", acknowledgement: .full)
        message.correlationID = "c"
        message.userID = "u"
        message.contentType = "application/json"
        message.contentEncoding = "utf-8"
        message.properties = [.init("app one", "v/1"), .init("null", nil), .init("empty", ""), .init("app one", "2")]
        let stored = try self.enqueue([message], in: registry)[0]
        #expect(stored.number > 0 && stored.deliveryCount == 0)
        registry.store.close()
        let again = try Registry.open(registry.folder)
        defer { again.close() }
        #expect(try again.messages(of: message.device, after: 0, at: Registry.now) == [stored])
        let event = try #require(try again.outbox(after: 0, limit: 99, bytesMax: .max).last?.event)
        #expect(event.topic == "commands" && event.summary == "dev1 enqueueMessage")
        let body = try event.body
        #expect(body["messageId"] == "m\"1" && body["by"] == "policy:service" && body["payloadBytes"] == 14)
    }

    @Test("51 messages do not fit; an expired one takes no place; other devices have queues of their own")
    func full() throws {
        let registry = try self.registry()
        let first = try self.message("0", life: .seconds(1))
        _ = try self.enqueue([first], in: registry)
        let rest = try (1..<50).map { try self.message("\($0)") }
        _ = try self.enqueue(rest, in: registry)
        let late = try self.message("late")
        #expect(try registry.store.enqueue([late]) == [.failure(.queueFull(late.device))])
        _ = try self.enqueue([try self.message("x", to: "dev2")], in: registry)
        var later = late
        later.enqueuedAt = Registry.now + .seconds(2)
        _ = try self.enqueue([later], in: registry)
        let waiting = try registry.store.messages(of: late.device, after: 0, at: later.enqueuedAt)
        #expect(waiting.map(\.messageID) == (1..<50).map { "\($0)" } + ["late"])
        #expect(try registry.store.messageCount(of: late.device) == 51)
    }

    @Test("only devices that are there have a queue", arguments: ["nobody", "dev1/m"])
    func unknown(id: String) throws {
        let registry = try self.registry()
        let message = try self.message("m", to: id)
        #expect(try registry.store.enqueue([message]) == [.failure(.notFound(message.device))])
        #expect(try registry.store.purgeMessages(of: message.device, author: "p", at: Registry.now) == nil)
        #expect(try registry.store.messageCount(of: message.device) == 0)
    }

    @Test("what a device takes or refuses is gone once and told once; what it gives back keeps its place ten times")
    func settling() throws {
        let registry = try self.registry()
        let stored = try self.enqueue(
            ["a", "b", "c"].map { try self.message($0, acknowledgement: .full) },
            in: registry
        )
        let known = try registry.events().count
        #expect(
            try registry.store.settle([
                MessageSettlement(.complete, of: stored[0].number, at: Registry.now),
                MessageSettlement(.complete, of: stored[0].number, at: Registry.now),
                MessageSettlement(.reject, of: stored[1].number, at: Registry.now),
            ]) == [.completed, nil, .rejected]
        )
        for count in 1...MessageLimits.deliveriesMax {
            let isLast = count == MessageLimits.deliveriesMax
            let outcome = try registry.store.settle([
                MessageSettlement(.abandon, of: stored[2].number, at: Registry.now)
            ])
            #expect(outcome == [isLast ? .deliveryCountExceeded : nil])
            let waiting = try registry.store.messages(of: stored[2].device, after: 0, at: Registry.now)
            #expect(waiting.map(\.deliveryCount) == (isLast ? [] : [count]))
        }
        let events = try registry.events().dropFirst(known).map(\.operation)
        #expect(events == ["completeMessage", "rejectMessage", "deadLetterMessage"])
        let feedback = try registry.store.nextFeedback(at: Registry.now + MessageLimits.feedbackGathering)
        #expect(feedback?.records.map(\.outcome) == [.completed, .rejected, .deliveryCountExceeded])
    }

    @Test("messages expire at their time, the first to expire first, as many as are asked for")
    func expiry() throws {
        let registry = try self.registry()
        #expect(try registry.store.nextMessageExpiry() == nil)
        _ = try self.enqueue(
            [(3, "c"), (1, "a"), (2, "b")].map { try self.message($1, life: .seconds($0), acknowledgement: .negative) },
            in: registry
        )
        #expect(try registry.store.nextMessageExpiry() == Registry.now + .seconds(1))
        let early = Registry.now + .milliseconds(999)
        #expect(try registry.store.expireMessages(at: early, limit: 9).isEmpty)
        let device = try Registry.id("dev1")
        let late = Registry.now + .milliseconds(2_000)
        #expect(try registry.store.messages(of: device, after: 0, at: early).count == 3)
        #expect(try registry.store.messages(of: device, after: 0, at: late).map(\.messageID) == ["c"])
        #expect(try registry.store.expireMessages(at: late, limit: 1).map(\.messageID) == ["a"])
        #expect(try registry.store.expireMessages(at: late, limit: 9).map(\.messageID) == ["b"])
        #expect(try registry.store.messageCount(of: device) == 1)
        #expect(try registry.events().last?.operation == "expireMessage")
    }

    @Test("purging empties one queue, in order, and tells of each message who did it")
    func purge() throws {
        let registry = try self.registry()
        _ = try self.enqueue(
            [try self.message("a"), try self.message("x", to: "dev2"), try self.message("b")],
            in: registry
        )
        let device = try Registry.id("dev1")
        let purged = try registry.store.purgeMessages(of: device, author: "policy:own", at: Registry.now)
        #expect(purged?.map(\.messageID) == ["a", "b"])
        #expect(try registry.store.purgeMessages(of: device, author: "policy:own", at: Registry.now) == [])
        #expect(try registry.store.messageCount(of: Registry.id("dev2")) == 1)
        let event = try #require(try registry.events().last)
        #expect(try event.operation == "purgeMessage" && event.body["by"] == "policy:own")
    }

    @Test(
        "the sender hears of what it asked for",
        arguments: [
            (StoredMessage.Acknowledgement.none, [MessageOutcome]()), (.positive, [.completed]),
            (.negative, [.rejected]),
            (.full, [.completed, .rejected]),
        ]
    )
    func acknowledgement(asked: StoredMessage.Acknowledgement, heard: [MessageOutcome]) throws {
        let registry = try self.registry()
        let stored = try self.enqueue(["a", "b"].map { try self.message($0, acknowledgement: asked) }, in: registry)
        _ = try registry.store.settle([
            MessageSettlement(.complete, of: stored[0].number, at: Registry.now),
            MessageSettlement(.reject, of: stored[1].number, at: Registry.now),
        ])
        let feedback = try registry.store.nextFeedback(at: Registry.now + .seconds(60))
        #expect((feedback?.records.map(\.outcome) ?? []) == heard)
    }

    @Test("feedback is gathered for 15 s or to 64 records, locked for its reader, given back, and completed once")
    func feedback() throws {
        let registry = try self.registry()
        let generation = try #require(try registry.store.identity(Registry.id("dev1"))).generationID
        func complete(_ count: Int) throws {
            for index in 0..<count {
                let stored = try self.enqueue([try self.message("m\(index)", acknowledgement: .positive)], in: registry)
                _ = try registry.store.settle([MessageSettlement(.complete, of: stored[0].number, at: Registry.now)])
            }
        }
        try complete(1)
        let gathered = Registry.now + MessageLimits.feedbackGathering
        #expect(try registry.store.nextFeedback(at: Timestamp(milliseconds: gathered.milliseconds - 1)) == nil)
        let first = try #require(try registry.store.nextFeedback(at: gathered))
        #expect(
            first.records.map(\.json) == [
                [
                    "originalMessageId": "m0", "enqueuedTimeUtc": .string(Registry.now.description),
                    "statusCode": "Success", "description": "Success", "deviceId": "dev1",
                    "deviceGenerationId": .string(generation),
                ]
            ]
        )
        #expect(try registry.store.nextFeedback(at: gathered) == nil)
        #expect(try !registry.store.abandonFeedback(lock: "another", at: gathered))
        #expect(try registry.store.abandonFeedback(lock: first.lock, at: gathered))
        #expect(try !registry.store.completeFeedback(lock: first.lock, at: gathered))
        try complete(64)
        let second = try #require(try registry.store.nextFeedback(at: Registry.now))
        #expect(second.records.count == MessageLimits.feedbackRecordsMax && second.lock != first.lock)
        #expect(try registry.store.completeFeedback(lock: second.lock, at: gathered))
        #expect(try registry.store.nextFeedback(at: Registry.now) == nil)
        let third = try #require(try registry.store.nextFeedback(at: gathered))
        let unlocked = gathered + MessageLimits.feedbackLock
        #expect(try !registry.store.completeFeedback(lock: third.lock, at: unlocked))
        let fourth = try #require(try registry.store.nextFeedback(at: unlocked))
        #expect(fourth.records == third.records && fourth.lock != third.lock)
        _ = try registry.store.expireMessages(at: Registry.now + MessageLimits.feedbackLife, limit: 1)
        #expect(try !registry.store.completeFeedback(lock: fourth.lock, at: unlocked))
    }
}
