/// Bytes of a budget for as long as somebody has hold of something; given back with the last reference to this.
final class BudgetHold: Sendable {
    private let budget: TurnBudget
    private let bytes: Int

    /// Bytes that were taken of `budget`.
    init(_ bytes: Int, of budget: TurnBudget) {
        self.budget = budget
        self.bytes = bytes
    }

    deinit { self.budget.give(back: self.bytes) }
}
