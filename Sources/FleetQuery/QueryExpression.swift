package import TelemetryJSON

/// A condition, or a part of one, as it was written.
package indirect enum QueryExpression: Equatable, Sendable {
    case constant(QueryConstant)
    case path(JSONPath)
    /// Two or more, joined by `AND`.
    case all([QueryExpression])
    /// Two or more, joined by `OR`.
    case any([QueryExpression])
    case not(QueryExpression)
    /// A minus sign before something that is no number.
    case negated(QueryExpression)
    case binary(QueryOperator, QueryExpression, QueryExpression)
    /// `IN`.
    case isIn(QueryExpression, [QueryConstant])
    /// `NIN`.
    case isNotIn(QueryExpression, [QueryConstant])
    case call(QueryFunction, [QueryExpression])
}
