import TelemetryJSON
import TelemetryModel
import TestSupport
import Testing
import TwinModel

@Suite("several writers, contract twins section 4")
struct TwinWritersTests {
    /// A service that reads the twin, thinks, and writes with the etag that it read, or with none.
    private struct Writer {
        var read: Twin
    }

    @Test("patches of two writers with etags, and the device's, end as a serial order of those accepted")
    func serialOrder() throws {
        var random = SeededGenerator.announced("serialOrder")
        var (accepted, refused) = (0, 0)
        for _ in 0..<100 {
            var twin = Twin(createdAt: Sample.time(0))
            // The serial order, written down as the writes are accepted and done on the plain reference.
            var tags = ReferenceTwin(createdAt: Sample.time(0))
            var desired = ReferenceTwin(createdAt: Sample.time(0))
            var reported = ReferenceTwin(createdAt: Sample.time(0))
            var writers = [Writer(read: twin), Writer(read: twin)]
            for step in 1...Int64(40) {
                let time = Sample.time(step)
                let index = Int.random(in: 0..<2, using: &random)
                let before = twin
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    writers[index].read = twin
                case 1:
                    let patch = SectionPatch.random(using: &random)
                    let isStale = Int.random(in: 0..<3, using: &random) == 0
                    let condition = isStale ? twin.reported.version - 1 : twin.reported.version
                    let change = try? twin.report(patch, ifVersion: condition, at: time)
                    #expect((change == nil) == isStale)
                    if !isStale { reported.merge(patch.members, at: time) }
                default:
                    let patch = TwinPatch(
                        tags: Bool.random(using: &random) ? SectionPatch.random(using: &random) : nil,
                        desired: SectionPatch.random(using: &random)
                    )
                    let isReplacement = Int.random(in: 0..<5, using: &random) == 0
                    let isConditional = Int.random(in: 0..<5, using: &random) > 0
                    let condition = isConditional ? EntityTagCondition.etag(writers[index].read.etag) : .any
                    do throws(TwinError) {
                        if isReplacement {
                            _ = try twin.replace(patch, ifMatch: condition, at: time)
                        } else {
                            _ = try twin.update(patch, ifMatch: condition, at: time)
                        }
                        accepted += 1
                        #expect(!isConditional || writers[index].read == before, "nobody wrote in between")
                        if isReplacement {
                            tags.replace(patch.tags?.members ?? [:], at: time)
                            desired.replace(patch.desired?.members ?? [:], at: time)
                        } else {
                            if let members = patch.tags?.members { tags.merge(members, at: time) }
                            desired.merge(patch.desired?.members ?? [:], at: time)
                        }
                    } catch {
                        refused += 1
                        #expect(error.status == 412)
                        #expect(isConditional && writers[index].read.etag != before.etag)
                        #expect(twin == before, "a refused write leaves nothing behind")
                    }
                    // Whoever wrote, or was refused, reads again before the next try, or forgets to.
                    if Bool.random(using: &random) { writers[index].read = twin }
                }
                #expect((twin.etag == before.etag) == (twin == before), "an etag stands for one state")
            }
            #expect(desired.matches(twin.desired))
            #expect(reported.matches(twin.reported))
            #expect(.object(twin.tags) == tags.value)
        }
        print("serialOrder: \(accepted) accepted, \(refused) refused")
        #expect(accepted > 500)
        #expect(refused > 500)
    }
}
