/// Looks for chips on an I2C bus and names them, only on request and without changing them.
///
/// Addresses of kernel drivers are not touched, nor the reserved ones at both ends. Where nobody is known to be, only
/// the address is tried: by a read where a write could set an EEPROM or a clock, else by a write of nothing.
/// Source: sensors contract 1.2; i2cdetect does it alike.
package enum I2CScan {
    package static let addresses: ClosedRange<UInt8> = 0x08...0x77
    /// Time-outs in a row after which the bus is given up: each costs 200 ms.
    private static let timeoutsMax = 3

    package struct Finding: Equatable, Sendable {
        package enum What: Equatable, Sendable {
            /// The chip's name as people write it.
            case chip(String)
            /// Something that answers, and these that it could have been but is not.
            case stranger(not: [String])
            /// A kernel driver owns the address.
            case claimed
        }

        package var address: UInt8
        package var what: What

        package init(_ address: UInt8, _ what: What) {
            self.address = address
            self.what = what
        }

        /// The line of the configuration that would read it on this adapter; `nil`: the agent cannot.
        package func configuration(adapter: String) -> String? {
            guard case .chip(let title) = self.what else { return nil }
            guard let entry = ChipCatalog.entries.first(where: { $0.title == title }) else { return nil }
            let place = "0x\(String(self.address, radix: 16))"
            return "- {type: \(entry.name), bus: \(adapter), address: \(place)}"
        }
    }

    /// Everything on the bus, by address.
    ///
    /// - Parameters:
    ///   - bus: Used by nobody else meanwhile, or at least between measurements.
    ///   - clock: For the pauses that chips need.
    /// - Returns: One finding for each address that answers.
    /// - Throws: What is wrong with the adapter or the whole bus.
    package static func findings(on bus: any I2CBus, clock: any BusClock) throws(SensorFault) -> [Finding] {
        var findings: [Finding] = []
        var timeouts = 0
        for address in self.addresses {
            do throws(SensorFault) {
                let link = I2CLink(address: address, bus: bus, clock: clock)
                if let what = try self.what(at: link, bus: bus) { findings.append(Finding(address, what)) }
                timeouts = 0
            } catch {
                switch error.reason {
                case .timeout where timeouts + 1 < self.timeoutsMax: timeouts += 1
                case .claimed: findings.append(Finding(address, .claimed))
                case .arbitration, .busError, .nack: continue  // this address's own affair
                default: throw error
                }
            }
        }
        return findings
    }

    private static func what(at link: I2CLink, bus: any I2CBus) throws(SensorFault) -> Finding.What? {
        try link.claim()
        let signatures = ChipCatalog.signatures(at: link.address)
        let canSleep = ChipCatalog.entries.contains { $0.sleeps && $0.addresses.contains(link.address) }
        if !canSleep, try !self.answers(link.address, on: bus) { return nil }
        let verdict: ChipIdentification.Verdict
        do throws(SensorFault) {
            verdict = try link.identify(among: signatures)
        } catch {
            // A refused question on i2c-gpio: something is there, for its address was acknowledged.
            guard error.reason == .busError else { throw error }
            verdict = .stranger
        }
        switch verdict {
        case .chip(let title): return .chip(title)
        case .stranger: return .stranger(not: self.names(of: signatures))
        case .silent:
            // It acknowledged its address and nothing else; what can sleep was asked without that.
            if canSleep, try !self.answers(link.address, on: bus) { return nil }
            return .stranger(not: self.names(of: signatures))
        }
    }

    private static func names(of signatures: [ChipSignature]) -> [String] {
        var names: [String] = []
        for signature in signatures where !names.contains(signature.chip) { names.append(signature.chip) }
        return names
    }

    /// Whether anything acknowledges the address.
    private static func answers(_ address: UInt8, on bus: any I2CBus) throws(SensorFault) -> Bool {
        do throws(SensorFault) {
            switch address {
            case 0x30...0x37, 0x50...0x5F: _ = try bus.read(1, from: address)
            default:
                do throws(SensorFault) {
                    try bus.write([], to: address)
                } catch {
                    // A controller that cannot write nothing, such as the Pi 5's.
                    guard error.retry == .afterRepair, error.reason == .busError else { throw error }
                    _ = try bus.read(1, from: address)
                }
            }
            return true
        } catch {
            guard error.reason == .nack else { throw error }
            return false
        }
    }
}
