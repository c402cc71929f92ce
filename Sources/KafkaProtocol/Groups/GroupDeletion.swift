/// What a group in DeleteGroups is answered with.
package enum GroupDeletion: Equatable, Sendable {
    /// It is gone; append the records, and answer when they are durable. May be empty: answer now.
    case deleted([GroupRecord])
    /// It stays.
    case refused(KafkaError)
}
