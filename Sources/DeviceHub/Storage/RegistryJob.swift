internal import DeviceRegistry
internal import HubProtocol

/// Something that the writer does to the registry. What it calls back is called on the writer's thread, after the commit and
/// in order, and does not block.
enum RegistryJob: Sendable {
    /// Called with what became of a job.
    typealias Done<Value> = @Sendable (Result<Value, HubError>) -> Void

    case twin(TwinWrite, done: Done<TwinOutcome>)
    case enqueue(StoredMessage, done: Done<StoredMessage>)
    case settle(MessageSettlement, done: Done<MessageOutcome?>)
    case event(HubEvent)
    /// A change of identities: carries it out, and says what came of it.
    case identities(@Sendable () -> IdentityEffects)
}
