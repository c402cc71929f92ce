/// How the steps of a plan hang together: which topic feeds which input, who reads whom, and how far each place has come.
struct QueryTopology: Sendable {
    /// An input that reads a topic.
    struct Source: Sendable {
        /// The topic's place in the plan.
        var topic: Int
        var place: Place
        /// Whether its timelines have keys.
        var isKeyed: Bool
        /// Whether its events have times of their own.
        var hasTimestamp: Bool
    }

    /// An input of a select of a step.
    struct Place: Equatable, Sendable {
        var step: Int
        var select: Int
        var input: Int
    }

    /// By number.
    private(set) var sources: [Source] = []
    /// By step: who reads its results.
    private(set) var readers: [[Place]] = []
    /// By step and select: of each input.
    private(set) var inputProgress: [[[Progress]]] = []
    /// By step and select: behind its joins.
    private(set) var selectProgress: [[Progress]] = []
    /// By step.
    private var stepProgress: [Progress] = []
    /// By step: whether its results come in the order of time within a timeline.
    private var isOrdered: [Bool] = []

    init(_ plan: QueryPlan) {
        let topics = plan.topics
        self.readers = Array(repeating: [], count: plan.steps.count)
        for step in plan.steps.indices {
            var selects: [Progress] = []
            var inputs: [[Progress]] = []
            for (index, select) in plan.steps[step].selects.enumerated() {
                var ways: [Progress] = []
                for (number, input) in select.inputs.enumerated() {
                    let place = Place(step: step, select: index, input: number)
                    ways.append(self.way(input, place, topics: topics))
                }
                inputs.append(ways)
                selects.append(self.progress(of: select, ways))
            }
            self.inputProgress.append(inputs)
            self.selectProgress.append(selects)
            self.stepProgress.append(Progress.merging(selects, keyed: self.isKeyed))
            self.isOrdered.append(
                plan.steps[step].selects.count == 1 && plan.steps[step].selects[0].streamJoinDelay == nil
            )
        }
    }

    /// All stages in the order of their steps.
    var stageList: [StageReference] {
        var list: [StageReference] = []
        for step in self.selectProgress.indices {
            for select in self.selectProgress[step].indices {
                let inputs = self.inputProgress[step][select]
                let isSole =
                    inputs.count == 1 && inputs[0].sources.count == 1 && !inputs[0].isGlobal
                    && !self.selectProgress[step][select].isGlobal
                list.append(StageReference(step: step, select: select, soleSource: isSole ? inputs[0].sources[0] : -1))
            }
        }
        return list
    }

    /// By source.
    var isKeyed: [Bool] { self.sources.map(\.isKeyed) }

    /// Whether an input's rows must be put in order before they are read.
    func isBuffered(_ input: InputPlan, of select: SelectPlan, outOfOrder: Int64) -> Bool {
        guard select.needsOrder else { return false }
        switch input.source {
        case .topic: return input.timestamp != nil && outOfOrder > 0
        case .step(let step): return !self.isOrdered[step]
        case .registry, .file, .elements: return false
        }
    }

    private mutating func way(_ input: InputPlan, _ place: Place, topics: [String]) -> Progress {
        switch input.source {
        case .topic(let topic):
            self.sources.append(
                Source(
                    topic: topics.firstIndex(of: topic) ?? 0,
                    place: place,
                    isKeyed: input.timestamp != nil && !input.overKeys.isEmpty,
                    hasTimestamp: input.timestamp != nil
                )
            )
            return Progress(sources: [self.sources.count - 1], isGlobal: false)
        case .step(let step):
            self.readers[step].append(place)
            return self.stepProgress[step]
        case .registry, .file, .elements:
            return Progress(sources: [], isGlobal: false)
        }
    }

    private func progress(of select: SelectPlan, _ ways: [Progress]) -> Progress {
        var progress = Progress.merging(ways, keyed: self.isKeyed)
        if let delay = select.streamJoinDelay {
            progress.isGlobal = true
            progress.delay += delay
        }
        // A group that gathers several timelines waits for all of them.
        if let group = select.group, !progress.isGlobal, progress.sources.contains(where: { self.isKeyed[$0] }) {
            let keys = group.keys.map(\.text)
            let over = select.inputs[0].overKeys.map(\.text)
            if over.isEmpty || !over.allSatisfy(keys.contains) { progress.isGlobal = true }
        }
        return progress
    }
}

extension SelectPlan {
    /// Milliseconds by which joined rows may come out after their own time; `nil` without a stream join.
    var streamJoinDelay: Int64? {
        var delay: Int64?
        for input in self.inputs {
            if case .streamJoin(let join) = input.role { delay = (delay ?? 0) + StreamJoin.delay(join) }
        }
        return delay
    }

    /// Whether what it does depends on the order of its rows.
    var needsOrder: Bool {
        if !self.analytics.isEmpty { return true }
        return self.group?.windows.contains { if case .session = $0.kind { true } else { false } } ?? false
    }
}
