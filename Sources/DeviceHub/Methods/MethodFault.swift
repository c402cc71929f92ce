internal import HubProtocol

/// Why a call has no answer: what is recorded, and what the caller is told.
struct MethodFault: Error {
    var outcome: MethodOutcome
    var error: HubError

    init(_ outcome: MethodOutcome, _ error: HubError) {
        self.outcome = outcome
        self.error = error
    }

    static let abandoned = MethodFault(
        .abandoned,
        HubError(.unavailable, "the caller did not wait for the answer")
    )

    static let throttled = MethodFault(
        .throttled,
        HubError(
            .throttled,
            "too many method calls wait for answers: \(PendingMethods<Void>.connectionMax) of a device,"
                + " \(PendingMethods<Void>.totalMax) in all",
            retryAfterSeconds: 1
        )
    )
}
