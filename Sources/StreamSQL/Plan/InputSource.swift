/// Where an input's events come from.
package enum InputSource: Hashable, Sendable {
    /// A topic of the log.
    case topic(String)
    /// An earlier step of the plan, by its place in ``QueryPlan/steps``.
    case step(Int)
    /// The device registry: one record per device, as of the event's time.
    case registry
    /// A CSV or JSON file with reference data, by its name.
    case file(String)
    /// The elements of an ``ApplyPlan``.
    case elements
}
