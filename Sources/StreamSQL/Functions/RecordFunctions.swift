/// Functions of records and arrays, and of any value.
///
/// Source: Azure Stream Analytics, array, record and conversion functions.
enum RecordFunctions {
    static let all: [ScalarFunction] = [
        .two("GetArrayElement") { (value, index) throws(StreamFault) in
            let array = try FunctionArgument.array(value, of: "GetArrayElement")
            let index = Int(clamping: try FunctionArgument.integer(index, of: "GetArrayElement"))
            return array.indices.contains(index) ? array[index] : .null
        },
        .one("GetArrayLength") { (value) throws(StreamFault) in
            .bigint(Int64(try FunctionArgument.array(value, of: "GetArrayLength").count))
        },
        .one("GetArrayElements") { (value) throws(StreamFault) in
            let array = try FunctionArgument.array(value, of: "GetArrayElements")
            return .array(
                array.enumerated().map { index, element in
                    .record(StreamRecord(RecordFunctions.elementFields, [.bigint(Int64(index)), element]))
                }
            )
        },
        .one("GetRecordProperties") { (value) throws(StreamFault) in
            let record = try FunctionArgument.record(value, of: "GetRecordProperties")
            return .array(
                zip(record.fields.names, record.values).map { name, value in
                    .record(StreamRecord(RecordFunctions.propertyFields, [.nvarchar(name), value]))
                }
            )
        },
        .two("GetRecordPropertyValue") { (value, name) throws(StreamFault) in
            let record = try FunctionArgument.record(value, of: "GetRecordPropertyValue")
            return record[try FunctionArgument.text(name, of: "GetRecordPropertyValue")] ?? .null
        },
        ScalarFunction(
            "GetType",
            1...1,
            isStrict: false,
            .one { (value) throws(StreamFault) in
                .nvarchar(value.type.rawValue)
            }
        ),
        .two("NULLIF") { (left, right) throws(StreamFault) in
            try StreamComparison.order(left, right) == 0 ? .null : left
        }.withNulls { left, _ in left },
    ]

    private static let elementFields = StreamFields(["ArrayIndex", "ArrayValue"])
    private static let propertyFields = StreamFields(["PropertyName", "PropertyValue"])
}

extension ScalarFunction {
    /// The same function of two values, with another answer when one is `NULL`.
    fileprivate func withNulls(
        _ answer: @escaping @Sendable (StreamValue, StreamValue) -> StreamValue
    ) -> ScalarFunction {
        guard case .two(let body) = self.body else { return self }
        return ScalarFunction(
            self.name,
            self.arity,
            isStrict: false,
            .two { (left, right) throws(StreamFault) in
                left.isNull || right.isNull ? answer(left, right) : try body(left, right)
            }
        )
    }
}
