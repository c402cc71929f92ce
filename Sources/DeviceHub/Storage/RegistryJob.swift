internal import DeviceRegistry
internal import HubProtocol

/// Something that the writer does to the registry. What it calls back is called on the writer's thread, after the commit and
/// in order, and does not block.
enum RegistryJob: Sendable {
    case twin(TwinWrite, done: @Sendable (Result<TwinOutcome, HubError>) -> Void)
    case enqueue(StoredMessage, done: @Sendable (Result<StoredMessage, HubError>) -> Void)
    case settle(MessageSettlement, done: @Sendable (Result<MessageOutcome?, HubError>) -> Void)
    case event(HubEvent)
}
