package import EdgeCore
package import SensorKit

/// Makes the drivers of one bus from its part of the configuration.
package enum SensorFactory {
    /// The sensors by bus, each bus in the order of its first sensor.
    package static func buses(of sensors: [SensorConfiguration]) -> [[SensorConfiguration]] {
        self.busNumbers(of: sensors).map { numbers in numbers.map { sensors[$0] } }
    }

    /// The places of the sensors in the list, by bus.
    package static func busNumbers(of sensors: [SensorConfiguration]) -> [[Int]] {
        var order: [String] = []
        var buses: [String: [Int]] = [:]
        for (number, sensor) in sensors.enumerated() {
            if buses[sensor.busKey] == nil { order.append(sensor.busKey) }
            buses[sensor.busKey, default: []].append(number)
        }
        return order.compactMap { buses[$0] }
    }

    /// The drivers of sensors that share a bus, in their order, for who asks them now and then. Call it on the thread that
    /// uses them.
    package static func group(of sensors: [SensorConfiguration], clock: SystemClock) -> SensorGroup {
        if let serial = SerialBus(sensors, waitsForLines: true, clock: clock) {
            return SensorGroup(serial.drivers, clock: clock)
        }
        var adapters: [String: LinuxI2CBus] = [:]
        let files = LinuxSysfs()
        let drivers = sensors.map { sensor -> any SensorDriver in
            switch sensor.source {
            case .i2c(let chip, let path, let address):
                guard let entry = ChipCatalog.entry(named: chip) else {
                    preconditionFailure("the configuration named a chip that is not in the catalog: \(chip)")
                }
                let bus = adapters[path] ?? LinuxI2CBus(path: path)
                adapters[path] = bus
                return I2CSensor(entry, link: I2CLink(address: address, bus: bus, clock: clock))
            case .sysfs(let subsystem, let location, let inputs):
                return SysfsSensor(subsystem, at: location, attributes: inputs, files: files, clock: clock)
            case .oneWire(let device):
                return DS18B20(device: device, files: files)
            case .dht22(let location):
                return DHT22(at: location, files: files)
            case .simulated(let seed):
                return SimulatedSensor(seed: seed) { clock.wallTime }
            case .modbus, .lines:
                preconditionFailure("a serial port's sensors share no bus with others")
            }
        }
        return SensorGroup(drivers, clock: clock)
    }
}
