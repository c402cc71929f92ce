/// When alerts end, when they are the same one still, and when they are said again.
package struct AlertPolicy: Equatable, Sendable {
    /// What becomes of an alert that is open longer than ``ageMax``.
    package enum AgeRule: Equatable, Sendable {
        /// It ends: what was learned is learned anew, and the level of now is normal from here on.
        case endAsNewNormal
        /// It stays open and is said again each ``ageMax``: a limit does not become right by being exceeded for long.
        case remind
    }

    /// Normal observations in a row that end an alert; at least 1. Eight: fewer and a noisy fault is several alerts.
    package var clearCount: Int
    /// An alert that begins so soon after the last one ended is that one again. An hour: people look at most hourly.
    package var flapWindow: Duration = .seconds(3_600)
    /// Each reopening doubles ``clearCount``, at most so often; 0 to 8. Four: 128 normal observations at the most.
    package var flapDoublings = 4
    /// Age at which ``ageRule`` counts. A day: the seasonal baseline has seen every hour of it.
    package var ageMax: Duration = .seconds(86_400)
    package var ageRule: AgeRule
    /// An open alert is said again when its odds (score ÷ (1 − score)) have grown by so much; above 1.
    package var worseFactor = 2.0

    package init(clearCount: Int, ageRule: AgeRule) {
        precondition(clearCount >= 1, "an alert needs at least one normal observation to end")
        self.clearCount = clearCount
        self.ageRule = ageRule
    }

    /// For what is judged by what a series used to do.
    package static let learned = AlertPolicy(clearCount: 8, ageRule: .endAsNewNormal)
    /// For what is judged by limits, and for devices: silence, clock, battery. One good observation is proof.
    package static let device = AlertPolicy(clearCount: 1, ageRule: .remind)
}
