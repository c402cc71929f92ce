package import TelemetryModel

/// The devices' queues of cloud-to-device messages, and what became of the messages. Calls block on the database; what they
/// change is durable when they return.
///
/// Whatever happens to a message is an event of the topic `commands` in the outbox, and what its sender wants to hear of is
/// feedback; both are stored together with the change.
package protocol MessageStore: Sendable {
    /// Puts messages into the queues of their devices, in order, in one transaction; a refused one does not undo the others.
    ///
    /// - Returns: For each message how it is stored, with its number.
    func enqueue(_ messages: [StoredMessage]) throws(RegistryError) -> [Result<StoredMessage, MessageRefusal>]
    /// The messages of a device in order, without those that are expired.
    ///
    /// - Parameters:
    ///   - device: whose.
    ///   - number: of the last message that is known; 0 for the first.
    ///   - now: wall time.
    /// - Returns: At most ``MessageLimits/queueMax``.
    /// - Throws: `RegistryError.storage`.
    func messages(
        of device: IdentityID,
        after number: Int64,
        at now: Timestamp
    ) throws(RegistryError) -> [StoredMessage]
    /// How many messages are in the device's queue.
    func messageCount(of device: IdentityID) throws(RegistryError) -> Int
    /// Notes what devices did with messages, in one transaction.
    ///
    /// - Returns: For each how it left the queue; `nil` for one that stays, or that was not there any more.
    func settle(_ settlements: [MessageSettlement]) throws(RegistryError) -> [MessageOutcome?]
    /// Removes expired messages, and feedback that nobody fetched in its time.
    ///
    /// - Parameters:
    ///   - now: wall time.
    ///   - limit: messages at most, the first to expire first.
    /// - Returns: The messages that were removed.
    /// - Throws: `RegistryError.storage`.
    func expireMessages(at now: Timestamp, limit: Int) throws(RegistryError) -> [StoredMessage]
    /// When the next message expires; `nil` when there is none.
    func nextMessageExpiry() throws(RegistryError) -> Timestamp?
    /// Empties the queue of a device.
    ///
    /// - Returns: The messages that were removed; `nil` when there is no such device.
    func purgeMessages(
        of device: IdentityID,
        author: String,
        at now: Timestamp
    ) throws(RegistryError) -> [StoredMessage]?

    /// Gives a reader the next batch of feedback, and locks it for ``MessageLimits/feedbackLock``: as many records as there may
    /// be in one, or what there is once the first of them waited for ``MessageLimits/feedbackGathering``.
    func nextFeedback(at now: Timestamp) throws(RegistryError) -> StoredFeedback?
    /// Removes a batch that was read.
    ///
    /// - Returns: Whether the lock was held.
    func completeFeedback(lock: String, at now: Timestamp) throws(RegistryError) -> Bool
    /// Gives a batch back.
    ///
    /// - Returns: Whether the lock was held.
    func abandonFeedback(lock: String, at now: Timestamp) throws(RegistryError) -> Bool
}
