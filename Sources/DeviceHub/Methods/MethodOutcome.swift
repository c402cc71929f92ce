/// How a call of a direct method ended; the raw values stand in records and metrics.
enum MethodOutcome: String, CaseIterable, Sendable {
    /// The device answered.
    case answered
    /// There is no such identity.
    case notFound
    /// The device was not connected and subscribed in the connect timeout.
    case notOnline
    /// The connection ended before an answer: whether the method ran is not known.
    case disconnected
    /// No answer in the response timeout: whether the method ran is not known.
    case timedOut
    /// The caller did not wait for the answer.
    case abandoned
    /// Too many calls wait for answers.
    case throttled
    /// The answer was larger than one may be, or the gateway failed.
    case failed
}
