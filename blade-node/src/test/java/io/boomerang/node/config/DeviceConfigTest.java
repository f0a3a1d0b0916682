package io.boomerang.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.device.ApplianceConfig;
import io.boomerang.device.KernelConfig;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Processors that are not part of the daemon.
class DeviceConfigTest {
    @TempDir private Path directory = Path.of("");

    private ChassisFiles files = new ChassisFiles(directory);

    @BeforeEach
    void writeSecrets() throws IOException {
        files = new ChassisFiles(directory);
        files.writeSecrets();
    }

    private static String withService(final String service) {
        return ChassisFiles.SMALLEST + "service: " + service + "\n";
    }

    @Test
    void shouldReadHowTheKernelIsReached() throws Exception {
        final ChassisConfig config =
                files.read(
                        withService(
                                "{processor: kernel, kernel: {ingress-interface: in0,"
                                        + " egress-interface: out0, namespace: 'device-{blade}',"
                                        + " device-mac: '02:00:00:00:0A:ff'}}"));

        final ServiceConfig.Kernel service = (ServiceConfig.Kernel) config.service();
        assertEquals(
                new KernelConfig("in0", "out0", "device-{blade}", true, 0x02_00_00_00_0A_FFL),
                service.kernel());
        assertEquals("device-slot-3", service.kernel().namespaceOf("slot-3"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {processor: kernel}|service.kernel: is missing
                    {processor: pass, kernel: {}}|service.kernel: only processor kernel is reached so
                    {processor: kernel, kernel: {ingress-interface: a, egress-interface: a}}|\
                    service.kernel: both sides have interface a, but need one each
                    {processor: kernel, kernel: {ingress-interface: a, egress-interface: b/c}}|\
                    service.kernel.egress-interface: 'b/c' cannot be an interface's name
                    {processor: kernel, kernel: {ingress-interface: a, egress-interface: b, \
                    device-mac: '01:00:00:00:00:01'}}|\
                    service.kernel: the MAC address is not that of one interface
                    {processor: kernel, kernel: {ingress-interface: a, egress-interface: b, \
                    device-mac: 17}}|service.kernel.device-mac: '17' is not six bytes as
                    """)
    void shouldComplainOfAKernelThatCannotBeReached(final String service, final String complaint) {
        final List<String> complaints = files.complaints(withService(service));

        assertEquals(1, complaints.size(), complaints::toString);
        assertTrue(complaints.getFirst().contains(complaint), complaints::toString);
    }

    @Test
    void shouldReadWhereAppliancesAre() throws Exception {
        final ChassisConfig config =
                files.read(
                        withService(
                                "{processor: appliance, appliance: {network-identifier: 66, blades:"
                                        + " [{blade: slot-3, address: 10.98.0.3,"
                                        + " own-address: 10.98.0.1}]}}"));

        assertEquals(
                new ServiceConfig.Appliance(
                        new ApplianceConfig(
                                66,
                                Map.of(
                                        "slot-3",
                                        new ApplianceConfig.Place(
                                                InetAddress.ofLiteral("10.98.0.3"),
                                                InetAddress.ofLiteral("10.98.0.1"))))),
                config.service());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {processor: appliance}|service.appliance: is missing
                    {processor: pass, appliance: {}}|service.appliance: only processor appliance has
                    {processor: appliance, appliance: {blades: [{blade: slot-1, address: 10.1.1.1, \
                    own-address: 10.1.1.2}]}}|service.appliance.blades: names no appliance for slot-3
                    {processor: appliance, appliance: {blades: [{blade: slot-3, address: 10.1.1.1, \
                    own-address: '::2'}]}}|blades[0]: an appliance and its blade have addresses of one
                    """)
    void shouldComplainOfAnApplianceThatCannotBeReached(
            final String service, final String complaint) {
        final List<String> complaints = files.complaints(withService(service));

        assertTrue(String.join("\n", complaints).contains(complaint), complaints::toString);
    }
}
