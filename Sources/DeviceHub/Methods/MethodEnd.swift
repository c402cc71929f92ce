/// What a caller of a direct method waits for.
enum MethodEnd: Equatable, Sendable {
    case answered(status: Int, payload: [UInt8])
    case disconnected
    case timedOut
    case abandoned
}
