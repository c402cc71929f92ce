import KafkaProtocol

/// One setting with its default.
struct ConfigLine: Equatable {
    var name: String
    var value: String
    /// What it is where nobody set it.
    var standard: String
    var type: DescribeConfigsAnswer.ValueType

    /// The setting as DescribeConfigs answers it.
    func config(includesSynonyms: Bool) -> DescribeConfigsAnswer.Config {
        let isStandard = self.value == self.standard
        var synonyms: [DescribeConfigsAnswer.Synonym] = []
        if includesSynonyms {
            if !isStandard {
                synonyms.append(DescribeConfigsAnswer.Synonym(name: self.name, value: self.value, source: .topic))
            }
            synonyms.append(DescribeConfigsAnswer.Synonym(name: self.name, value: self.standard, source: .standard))
        }
        return DescribeConfigsAnswer.Config(
            name: self.name,
            value: self.value,
            source: isStandard ? .standard : .topic,
            synonyms: synonyms,
            type: self.type
        )
    }
}
