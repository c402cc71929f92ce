/// What a registration has done.
package struct RegistrationOutcome: Equatable, Sendable {
    /// What is stored of it.
    package var registration: Registration
    /// The identity before; `nil` when it was made, or stays as it was.
    package var before: DeviceIdentity?
    /// What became of the identity; `nil` when it stays as it was.
    package var entry: EntryOutcome?

    /// An outcome.
    package init(_ registration: Registration, before: DeviceIdentity? = nil, entry: EntryOutcome? = nil) {
        self.registration = registration
        self.before = before
        self.entry = entry
    }
}
