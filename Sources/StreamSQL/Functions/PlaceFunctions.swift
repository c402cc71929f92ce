internal import Glibc

/// Functions of places on the Earth: GeoJSON records with longitude before latitude, in degrees.
///
/// The Earth is a sphere for distances (at most 0.6 % off) and a plane of degrees for `ST_WITHIN`.
/// Source: Azure Stream Analytics, geospatial functions; GeoJSON (RFC 7946).
enum PlaceFunctions {
    /// Mean radius in metres (IUGG).
    private static let radius = 6_371_008.8

    /// Degrees.
    private struct Place: Equatable {
        var latitude: Double
        var longitude: Double
    }

    static let all: [ScalarFunction] = [
        .two("CreatePoint") { (latitude, longitude) throws(StreamFault) in
            PlaceFunctions.point(try PlaceFunctions.place(latitude, longitude, of: "CreatePoint"))
        },
        ScalarFunction(
            "CreateLineString",
            2...1_000,
            .many { (points) throws(StreamFault) in
                var line: [StreamValue] = []
                for point in points {
                    line.append(PlaceFunctions.coordinates(try PlaceFunctions.place(point, of: "CreateLineString")))
                }
                return PlaceFunctions.shape("LineString", .array(line))
            }
        ),
        ScalarFunction(
            "CreatePolygon",
            3...1_000,
            .many { (points) throws(StreamFault) in
                var ring: [StreamValue] = []
                for point in points {
                    ring.append(PlaceFunctions.coordinates(try PlaceFunctions.place(point, of: "CreatePolygon")))
                }
                if ring.first != ring.last, let first = ring.first { ring.append(first) }
                return PlaceFunctions.shape("Polygon", .array([.array(ring)]))
            }
        ),
        ScalarFunction("ST_DISTANCE", 2...4, .many(PlaceFunctions.distance)),
        .two("ST_WITHIN") { (point, polygon) throws(StreamFault) in
            let place = try PlaceFunctions.place(point, of: "ST_WITHIN")
            let rings = try PlaceFunctions.rings(polygon, of: "ST_WITHIN")
            // Inside the first ring and in none of the holes.
            let isWithin = rings.enumerated().allSatisfy { index, ring in
                (index == 0) == PlaceFunctions.contains(place, in: ring)
            }
            return .bigint(isWithin && !rings.isEmpty ? 1 : 0)
        },
    ]

    /// `ST_DISTANCE(point, point)` or `ST_DISTANCE(latitude, longitude, latitude, longitude)`: metres.
    @Sendable
    private static func distance(_ arguments: [StreamValue]) throws(StreamFault) -> StreamValue {
        let (start, end): (Place, Place)
        switch arguments.count {
        case 2:
            start = try PlaceFunctions.place(arguments[0], of: "ST_DISTANCE")
            end = try PlaceFunctions.place(arguments[1], of: "ST_DISTANCE")
        case 4:
            start = try PlaceFunctions.place(arguments[0], arguments[1], of: "ST_DISTANCE")
            end = try PlaceFunctions.place(arguments[2], arguments[3], of: "ST_DISTANCE")
        default: throw StreamFault("ST_DISTANCE wants two points or four numbers")
        }
        // Haversine: exact also for near places.
        let radians = Double.pi / 180
        let latitudes = sin((end.latitude - start.latitude) * radians / 2)
        let longitudes = sin((end.longitude - start.longitude) * radians / 2)
        let square =
            latitudes * latitudes + cos(start.latitude * radians) * cos(end.latitude * radians) * longitudes
            * longitudes
        return .float(2 * PlaceFunctions.radius * asin(min(1, square.squareRoot())))
    }

    // MARK: GeoJSON

    private static let shapeFields = StreamFields(["type", "coordinates"])

    private static func shape(_ type: String, _ coordinates: StreamValue) -> StreamValue {
        .record(StreamRecord(PlaceFunctions.shapeFields, [.nvarchar(type), coordinates]))
    }

    private static func point(_ place: Place) -> StreamValue {
        PlaceFunctions.shape("Point", PlaceFunctions.coordinates(place))
    }

    private static func coordinates(_ place: Place) -> StreamValue {
        .array([.float(place.longitude), .float(place.latitude)])
    }

    private static func place(
        _ latitude: StreamValue,
        _ longitude: StreamValue,
        of function: String
    ) throws(StreamFault) -> Place {
        let latitude = try FunctionArgument.number(latitude, of: function)
        let longitude = try FunctionArgument.number(longitude, of: function)
        guard abs(latitude) <= 90, abs(longitude) <= 180 else {
            throw StreamFault("\(function) wants degrees, not latitude \(latitude), longitude \(longitude)")
        }
        return Place(latitude: latitude, longitude: longitude)
    }

    private static func place(_ value: StreamValue, of function: String) throws(StreamFault) -> Place {
        if case .record(let record) = value, record["type"] == .nvarchar("Point"),
            case .array(let coordinates) = record["coordinates"]
        {
            return try PlaceFunctions.place(ofCoordinates: coordinates, of: function)
        }
        throw StreamFault("\(function) wants a GeoJSON Point, not \(value.faultText)")
    }

    private static func place(ofCoordinates pair: [StreamValue], of function: String) throws(StreamFault) -> Place {
        guard pair.count >= 2 else { throw StreamFault("\(function) wants [longitude, latitude]") }
        return try PlaceFunctions.place(pair[1], pair[0], of: function)
    }

    private static func rings(_ value: StreamValue, of function: String) throws(StreamFault) -> [[Place]] {
        guard case .record(let record) = value, record["type"] == .nvarchar("Polygon"),
            case .array(let rings) = record["coordinates"]
        else { throw StreamFault("\(function) wants a GeoJSON Polygon, not \(value.faultText)") }
        var out: [[Place]] = []
        for ring in rings {
            var places: [Place] = []
            for pair in try FunctionArgument.array(ring, of: function) {
                let pair = try FunctionArgument.array(pair, of: function)
                places.append(try PlaceFunctions.place(ofCoordinates: pair, of: function))
            }
            out.append(places)
        }
        return out
    }

    /// Whether a ray to the east crosses the ring an odd number of times.
    private static func contains(_ place: Place, in ring: [Place]) -> Bool {
        var isInside = false
        guard var previous = ring.last else { return false }
        for corner in ring {
            if (corner.latitude > place.latitude) != (previous.latitude > place.latitude) {
                let part = (place.latitude - corner.latitude) / (previous.latitude - corner.latitude)
                if place.longitude < corner.longitude + part * (previous.longitude - corner.longitude) {
                    isInside.toggle()
                }
            }
            previous = corner
        }
        return isInside
    }
}
