/// What one device publishes, in order. Confined to the device's event loop.
protocol DeviceFeed: AnyObject, SendableMetatype {
    /// Called when ``FeedStep/loading`` is over.
    var onLoaded: (() -> Void)? { get set }

    /// The next message, if it is time for it. Asked only when it can be sent; a message given out is sent.
    ///
    /// - Parameter elapsed: since the start of the run.
    /// - Returns: the message, or why there is none.
    func next(at elapsed: Duration) -> FeedStep

    /// Messages that the gateway has stored, by their numbers, once per read cycle.
    func stored(_ numbers: [Int])
}

/// What a feed has to say.
enum FeedStep: Equatable {
    case message(OutgoingMessage)
    /// The next message is for this time since the start.
    case due(Duration)
    /// The next message is being read from a file; `onLoaded` will be called.
    case loading
    case finished
}
