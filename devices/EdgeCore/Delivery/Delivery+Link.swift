extension Delivery {
    /// What the uplink does now.
    package enum Next: Equatable, Sendable {
        /// Publish it, then report ``published(as:at:)`` or ``publishFailed()``.
        case publish(Outgoing)
        /// Nothing before `until`, unless something happens; `nil`: nothing at all.
        case wait(until: BootInstant?)
    }

    /// CONNACK.
    package mutating func connected(at now: BootInstant) {
        self.link = .online(since: now)
        self.connections += 1
        self.window.connected()
        self.isTellingDrops = false
        self.order = .backlogFirst
    }

    /// The connection has ended, or could not be made.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - isRenewal: Whether it was closed on purpose and comes back at once.
    /// - Returns: Readings that will be sent again.
    @discardableResult
    package mutating func disconnected(at now: BootInstant, isRenewal: Bool = false) -> Int {
        self.publishFailed()
        let messages = self.window.disconnected()
        self.ring.putBack(messages.map(\.parcel).filter { $0.ticket == nil })
        self.noteGaps()
        self.ready.insert(contentsOf: messages.map(\.parcel).filter { $0.ticket != nil }, at: 0)
        self.link = isRenewal ? .pending(until: now + Self.pendingMaxMilliseconds) : .offline
        return messages.reduce(0) { $0 + $1.parcel.count }
    }

    /// Whether messages are in flight and none was acknowledged for so long that the connection is no good.
    package func isSilent(at now: BootInstant) -> Bool {
        self.window.inFlightCount > 0 && now.milliseconds - self.progressAt.milliseconds >= Self.silenceMaxMilliseconds
    }

    /// What to publish now.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - isDated: Whether the clock is known, so that readings of this boot can be dated.
    /// - Returns: A message, or how long there is none.
    package mutating func next(at now: BootInstant, isDated: Bool) -> Next {
        guard case .online(let since) = self.link, self.window.hasRoom, self.publishing == nil else {
            return .wait(until: nil)
        }
        let datingUntil = since + Self.datingMaxMilliseconds
        let canDate = isDated || now >= datingUntil
        let datingWait = canDate ? nil : datingUntil
        // Looked at each time: the spool may be open only after the connection has come.
        if self.order == .backlogFirst, !self.isBacklogNews(at: since) { self.order = .liveFirst }
        if self.order == .backlogFirst {
            if let parcel = self.ready.first {
                return self.isSendable(parcel, canDate)
                    ? self.publishReady(isHistorical: false) : .wait(until: datingWait)
            }
            if !self.isFinished, self.spool?.hasUntaken ?? false || !self.writing.isEmpty { return .wait(until: nil) }
            self.order = .liveFirst
        }
        if !self.ring.isEmpty, canDate { return self.publishLive(at: now) }
        guard !self.isFinished, let parcel = self.ready.first, self.isSendable(parcel, canDate),
            self.window.spooledCount < self.backlogMessages
        else { return .wait(until: datingWait) }
        guard self.rate.allows(at: now) else { return .wait(until: self.rate.nextInstant(after: now)) }
        self.rate.take(parcel.count)
        return self.publishReady(isHistorical: true)
    }

    /// The library took the message that was to be published.
    ///
    /// - Returns: `false` when the id is in flight already: the connection must end.
    package mutating func published(as messageID: Int32, at now: BootInstant) -> Bool {
        guard var message = self.publishing else { return false }  // the run was ended meanwhile
        if !message.parcel.wasSent { self.summary.sent += message.parcel.count }
        message.parcel.wasSent = true
        self.publishing = message  // where it stays when the window does not take it
        if self.window.inFlightCount == 0 { self.progressAt = now }
        guard self.window.sent(message, as: messageID) else { return false }
        self.publishing = nil
        return true
    }

    /// The library reported a fault. The message may be on its way all the same: it keeps its boundaries.
    package mutating func publishFailed() {
        guard var message = self.publishing else { return }
        self.publishing = nil
        if !message.parcel.wasSent { self.summary.sent += message.parcel.count }
        message.parcel.wasSent = true
        if message.parcel.ticket != nil {
            self.ready.insert(message.parcel, at: 0)
        } else {
            self.ring.putBack([message.parcel])
        }
    }

    /// PUBACK.
    ///
    /// - Returns: Whether the spool's thread has something to do because of it.
    package mutating func acknowledged(_ messageID: Int32, at now: BootInstant) -> Bool {
        guard let message = self.window.acknowledged(messageID) else { return false }
        self.progressAt = now
        self.summary.acknowledged += message.parcel.count
        if !message.dropped.isEmpty {
            self.drops.acknowledge(message.dropped)
            self.isTellingDrops = false
        }
        guard let ticket = message.parcel.ticket else { return false }
        self.settled.append(ticket)
        // In groups, and when nothing else would make it look.
        return self.settled.count >= self.backlogMessages || self.window.spooledCount == 0
    }

    /// Messages of the backlog in flight: the other half of the window is for live readings.
    private var backlogMessages: Int { max(1, self.settings.windowMessages / 2) }

    /// Whether nothing on the disk, or on its way there, is so old that it is history.
    private func isBacklogNews(at connected: BootInstant) -> Bool {
        let oldest = [self.spool?.oldest, self.writing.first?.readings.first?.instant].compactMap { $0 }.min()
        return oldest.map { connected.milliseconds - $0.milliseconds <= Self.newsMilliseconds } ?? true
    }

    private func isSendable(_ parcel: Parcel, _ canDate: Bool) -> Bool { canDate || parcel.dating != .clock }

    private mutating func publishReady(isHistorical: Bool) -> Next {
        var parcel = self.ready.removeFirst()
        parcel.isHistorical = isHistorical
        return self.publish(parcel)
    }

    private mutating func publishLive(at now: BootInstant) -> Next {
        let room = self.settings.windowMessages - self.window.inFlightCount
        // One message each as long as they fit: nothing is then known later than it must.
        let readingsMax = self.ring.count <= room ? 1 : Parcel.readingsMax
        guard var parcel = self.ring.popFirst(readingsMax: readingsMax) else { return .wait(until: nil) }
        let newest = parcel.readings[parcel.count - 1].instant
        parcel.isHistorical = now.milliseconds - newest.milliseconds > Self.newsMilliseconds
        return self.publish(parcel)
    }

    private mutating func publish(_ parcel: Parcel) -> Next {
        let dropped = self.isTellingDrops ? [] : self.drops.next
        if !dropped.isEmpty { self.isTellingDrops = true }
        let message = Outgoing(parcel: parcel, dropped: dropped)
        self.publishing = message
        return .publish(message)
    }
}
