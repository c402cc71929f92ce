import FleetModel
import Testing

@Suite("the device a file is replayed as")
struct RecordingNameTests {
    @Test(
        "it is the file's stem, made a valid id",
        arguments: [
            ("/data/intel_lab/raw/mote19.csv.gz", "", "mote19"), ("mote19.csv", "", "mote19"),
            ("a.b.csv", "", "a.b"), ("mote19", "lab-", "lab-mote19"), ("room 3 (north).csv", "", "room_3_(north)"),
            ("häuschen.csv", "", "h_uschen"), (".csv", "", ".csv"), ("x.GZ", "", "x"), ("a/b/", "", "b"),
            ("a+b#c.csv", "", "a_b_c"), ("", "", nil), ("/", "p", nil), (".gz", "", nil),
        ]
    )
    func name(path: String, prefix: String, expected: String?) {
        #expect(RecordingName.deviceID(ofFile: path, prefix: prefix) == expected)
    }

    @Test("a long name is cut to 128 characters")
    func long() {
        let id = RecordingName.deviceID(ofFile: String(repeating: "x", count: 200) + ".csv")
        #expect(id?.count == 128)
    }
}
