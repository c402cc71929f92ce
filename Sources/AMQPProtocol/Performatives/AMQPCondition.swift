/// What is wrong, as AMQP names it. Source: AMQP 1.0 part 2, §2.8.14–2.8.18.
package enum AMQPCondition: String, CaseIterable, Sendable {
    case notFound = "amqp:not-found"
    case unauthorizedAccess = "amqp:unauthorized-access"
    case decodeError = "amqp:decode-error"
    case resourceLimitExceeded = "amqp:resource-limit-exceeded"
    case notAllowed = "amqp:not-allowed"
    case invalidField = "amqp:invalid-field"
    case notImplemented = "amqp:not-implemented"
    case resourceLocked = "amqp:resource-locked"
    case frameSizeTooSmall = "amqp:frame-size-too-small"
    case connectionForced = "amqp:connection:forced"
    case framingError = "amqp:connection:framing-error"
    case windowViolation = "amqp:session:window-violation"
    case handleInUse = "amqp:session:handle-in-use"
    case unattachedHandle = "amqp:session:unattached-handle"
    case transferLimitExceeded = "amqp:link:transfer-limit-exceeded"
    case messageSizeExceeded = "amqp:link:message-size-exceeded"
}
