package io.boomerang.node;

import io.boomerang.node.config.OutsideInterface;
import io.boomerang.port.InterfaceLink;
import io.boomerang.port.PortException;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/// The link to the outside network: up while the redirector serves, down before and after. A switch
/// or router at its other end goes by the carrier, and sends to this redirector only what it can
/// pass on.
///
/// Where the link is left alone, or this process may not change it, frames that come before the
/// redirector serves wait in the port. Used by the node's thread.
final class OutsideLink {
    private static final Logger LOG = LogManager.getLogger(OutsideLink.class);

    private final InterfaceLink link;
    private final boolean follows;
    private boolean serves;

    private OutsideLink(final OutsideInterface outside) {
        link = new InterfaceLink(outside.name());
        follows = outside.followsService();
    }

    /// A link that is down, as far as it can be.
    ///
    /// @throws PortException when there is no such interface
    static OutsideLink of(final OutsideInterface outside) throws PortException {
        final OutsideLink made = new OutsideLink(outside);
        if (made.link.isUp()) {
            made.set(false);
        }
        return made;
    }

    /// From now on the redirector serves.
    void serve() {
        serves = true;
        set(true);
    }

    boolean serves() {
        return serves;
    }

    /// The redirector serves no more.
    void end() {
        if (serves) {
            serves = false;
            set(false);
        }
    }

    private void set(final boolean up) {
        if (!follows) {
            return;
        }
        try {
            link.set(up);
            LOG.info("port={} link={}", link.name(), up ? "up" : "down");
        } catch (final PortException e) {
            LOG.warn("{}; it stays as it is", e.getMessage());
        }
    }
}
