extension QueryPlan {
    /// Reads and checks a query.
    ///
    /// - Parameters:
    ///   - text: The query file.
    ///   - options: What exists around it.
    /// - Throws: The first fault with its place.
    package init(_ text: String, options: QueryOptions = QueryOptions()) throws(StreamSQLError) {
        let script = try SQLParser.script(text)
        let binder = ScriptBinder(text, options: options)
        try binder.bind(script)
        self.init(text: text, steps: binder.steps)
    }
}

extension CompiledExpression {
    /// Compiles an expression whose columns are paths of one event, outside of any query.
    ///
    /// - Parameter text: The expression; aggregates and functions that look back are not allowed.
    /// - Returns: The expression, and what to put into a row's slots, in order.
    /// - Throws: The first fault with its place.
    package static func standalone(_ text: String) throws(StreamSQLError) -> (CompiledExpression, reads: [InputRead]) {
        let expression = try SQLParser.expression(text)
        let binder = ScriptBinder(text, options: QueryOptions())
        let input = BoundInput(alias: "event", position: 0, source: .topic("event"), columns: nil)
        let select = SelectBinder(script: binder, inputs: [input])
        let normal = try select.normalized(expression)
        let node = try select.node(normal, .inner)
        return (select.compiled(node, normal), select.inputs[0].reads)
    }
}
