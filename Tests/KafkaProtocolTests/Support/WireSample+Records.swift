import NIOCore

@testable import KafkaProtocol

extension WireSample {
    static func produce(_ version: Int16) -> WireSample {
        let request = ProduceRequest(
            transactionalID: nil,
            acks: -1,
            timeoutMilliseconds: 30_000,
            topics: [
                .init(
                    name: "tel",
                    partitions: [
                        .init(partition: 1, records: ByteBuffer(string: "batch")),
                        .init(partition: 2, records: nil),
                    ]
                ),
                .init(name: "é", partitions: []),
            ]
        )
        let taken = ProduceAnswer.Partition(
            partition: 1,
            error: .noError,
            baseOffset: 4711,
            logAppendMilliseconds: 1_795_000_001_000,
            logStartOffset: 17
        )
        let refused = ProduceAnswer.Partition(partition: 2, error: .invalidRecord, message: "no records")
        return WireSample(
            .produce(request),
            ProduceAnswer(topics: [.init(name: "tel", partitions: [taken, refused])])
        )
    }

    static func fetch(_ version: Int16) -> WireSample {
        let partition = FetchRequest.Partition(
            partition: 2,
            currentLeaderEpoch: version >= 9 ? 4 : -1,
            fetchOffset: 4711,
            logStartOffset: -1,
            bytesMax: 1_048_576
        )
        let request = FetchRequest(
            replicaID: -1,
            waitMilliseconds: 500,
            bytesMin: 1,
            bytesMax: 52_428_800,
            isolation: 1,
            sessionID: version >= 7 ? 7 : 0,
            sessionEpoch: version >= 7 ? 3 : -1,
            topics: [.init(name: "tel", partitions: [partition])],
            forgotten: version >= 7 ? [.init(name: "old", partitions: [0, 5])] : [],
            rack: version >= 11 ? "r1" : ""
        )
        let read = FetchAnswer.Partition(
            partition: 2,
            error: .noError,
            highWatermark: 4712,
            logStartOffset: 17,
            records: ByteBuffer(string: "batch")
        )
        let outside = FetchAnswer.Partition(
            partition: 3,
            error: .offsetOutOfRange,
            highWatermark: 9,
            logStartOffset: 4
        )
        let topic = FetchAnswer.Topic(name: "tel", partitions: [read, outside])
        return WireSample(.fetch(request), FetchAnswer(error: .fetchSessionIDNotFound, topics: [topic]))
    }

    static func listOffsets(_ version: Int16) -> WireSample {
        let earliest = ListOffsetsRequest.Partition(
            partition: 0,
            currentLeaderEpoch: version >= 4 ? 4 : -1,
            timestamp: ListOffsetsRequest.earliest
        )
        let atTime = ListOffsetsRequest.Partition(
            partition: 1,
            currentLeaderEpoch: -1,
            timestamp: 1_795_000_000_000
        )
        let request = ListOffsetsRequest(
            replicaID: -1,
            isolation: version >= 2 ? 1 : 0,
            topics: [.init(name: "tel", partitions: [earliest, atTime])]
        )
        let found = ListOffsetsAnswer.Partition(partition: 0, error: .noError, offset: 17, leaderEpoch: 0)
        let unknown = ListOffsetsAnswer.Partition(partition: 1, error: .unknownTopicOrPartition)
        return WireSample(
            .listOffsets(request),
            ListOffsetsAnswer(topics: [.init(name: "tel", partitions: [found, unknown])])
        )
    }

    static func metadata(_ version: Int16) -> WireSample {
        let request = MetadataRequest(
            topics: ["tel", "x"],
            allowsAutoCreation: version < 4,
            includesClusterOperations: version >= 8,
            includesTopicOperations: false
        )
        let answer = MetadataAnswer(
            broker: .init(nodeID: 1, host: "127.0.0.1", port: 9092),
            clusterID: "weir",
            topics: [
                .init(name: "tel", partitionCount: 2),
                .init(error: .unknownTopicOrPartition, name: "x", isInternal: true),
            ]
        )
        return WireSample(.metadata(request), answer)
    }

    static var initProducerID: WireSample {
        WireSample(
            .initProducerID(InitProducerIDRequest(transactionalID: nil, transactionTimeoutMilliseconds: 60_000)),
            InitProducerIDAnswer(producerID: 4000, producerEpoch: 0)
        )
    }
}
