/// A list of stamps is shorter than the values it belongs to.
struct StampsEnded: Error, Equatable {}
