import HomeAssistant
import Testing

@Suite("what a channel's name says")
struct ChannelMeaningTests {
    @Test(
        "device class and unit follow from the name",
        arguments: [
            ("temperature", "temperature", "°C"), ("roomTemperature", "temperature", "°C"),
            ("temp", "temperature", "°C"),
            ("temp2", "temperature", "°C"), ("temperature_2", "temperature", "°C"), ("CPUTemp", "temperature", "°C"),
            ("temperature_f", "temperature", "°F"), ("tempKelvin", "temperature", "K"),
            ("dewPoint", "temperature", "°C"),
            ("supply_dew_point", "temperature", "°C"), ("AM2301.humidity", "humidity", "%"),
            ("temp_outside", "temperature", "°C"),
            ("rh", "humidity", "%"), ("soil-moisture", "moisture", "%"), ("pressure", "pressure", "hPa"),
            ("pressure_kpa", "pressure", "kPa"), ("co2", "carbon_dioxide", "ppm"),
            ("carbonDioxide", "carbon_dioxide", "ppm"),
            ("battery", "battery", "%"), ("batteryLevel", "battery", "%"), ("batteryVoltage", "voltage", "V"),
            ("voltage_battery", "voltage", "V"), ("battery_mv", "voltage", "mV"), ("vbat", "voltage", "V"),
            ("voltage_mv", "voltage", "mV"), ("ENERGY.power", "power", "W"), ("currentPower", "power", "W"),
            ("current", "current", "A"), ("current_ma", "current", "mA"), ("currentTemperature", "temperature", "°C"),
            ("energy_kwh", "energy", "kWh"), ("illuminance", "illuminance", "lx"), ("rssi", "signal_strength", "dBm"),
            ("pm25", "pm25", "µg/m³"), ("pm10", "pm10", "µg/m³"), ("frequency", "frequency", "Hz"),
            ("health.uptimeSeconds", "duration", "s"), ("health.memoryBytes", "data_size", "B"),
            ("health.processorTemperature", "temperature", "°C"),
        ]
    )
    func meanings(channel: String, deviceClass: String, unit: String) {
        let meaning = ChannelMeaning(channel: channel)
        #expect(meaning.deviceClass == deviceClass)
        #expect(meaning.unit == unit)
        #expect(meaning.stateClass == (deviceClass == "energy" ? "total_increasing" : "measurement"))
    }

    @Test(
        "a name that says nothing is a number without unit",
        arguments: ["bus.u", "x", "ENERGY.total", "energy", "batter", "temporary", "72", "", ".", "ü"]
    )
    func unknown(channel: String) {
        let meaning = ChannelMeaning(channel: channel)
        #expect(meaning.deviceClass == nil)
        #expect(meaning.unit == nil)
        #expect(meaning.stateClass == "measurement")
    }

    @Test(
        "a name as people read it",
        arguments: [
            ("temperature", "Temperature"), ("roomTemperature", "Room temperature"),
            ("supply_dew_point", "Supply dew point"),
            ("AM2301.humidity", "Am2301 humidity"), ("co2", "CO2"), ("room_co2", "Room CO2"), ("bus.u", "Bus u"),
            ("health.processorTemperature", "Processor temperature"), ("health.diskFreeBytes", "Disk free"),
            ("seconds", "Seconds"), ("", ""), ("°", "°"),
            (String(repeating: "a", count: 65), "A" + String(repeating: "a", count: 63)),
        ]
    )
    func names(channel: String, name: String) {
        #expect(ChannelMeaning(channel: channel).name == name)
    }

    @Test(
        "the agent's health is a matter of diagnosis, and of it is shown what somebody acts on",
        arguments: [
            ("health.diskFreeBytes", true, true), ("health.memoryBytes", true, false), ("health", false, true),
            ("health.sensors.room.errors", true, false), ("temperature", false, true),
        ]
    )
    func health(channel: String, isDiagnostic: Bool, isShown: Bool) {
        let meaning = ChannelMeaning(channel: channel)
        #expect(meaning.isDiagnostic == isDiagnostic)
        #expect(meaning.isShown == isShown)
    }
}
