package io.boomerang.port;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.util.ArrayList;
import java.util.List;

/// What a port has switched off of an interface, to be switched on again when it closes. A process
/// that is killed leaves the interface as it is.
final class Offloads implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Offloads.class);

    private final String device;
    private final List<Offload> switchedOff = new ArrayList<>();

    Offloads(final String device) {
        this.device = device;
    }

    /// Switches the feature off where it is on; answers whether it is off now.
    boolean switchOff(final NetworkDevice device, final Offload offload) {
        if (!offload.isOn(device)) {
            return true;
        }
        if (!offload.switchTo(device, false)) {
            LOG.warn("port={} {} is on and cannot be switched off", device.name(), offload);
            return false;
        }
        switchedOff.add(offload);
        LOG.info(
                "port={} {} switched off, it would change frames; on again when the port closes",
                device.name(),
                offload);
        return true;
    }

    /// Switches on what was on.
    @Override
    public void close() {
        if (switchedOff.isEmpty()) {
            return;
        }
        try (NetworkDevice present = NetworkDevice.ethernet(device)) {
            for (final Offload offload : switchedOff) {
                if (!offload.switchTo(present, true)) {
                    LOG.warn("port={} {} cannot be switched on again", device, offload);
                }
            }
        } catch (final PortException e) {
            LOG.info("port={} is gone, nothing to switch on again: {}", device, e.getMessage());
        }
        switchedOff.clear();
    }
}
