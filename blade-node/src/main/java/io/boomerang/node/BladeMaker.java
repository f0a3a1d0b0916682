package io.boomerang.node;

import io.boomerang.backplane.Backplane;
import io.boomerang.blade.BladeConfig;
import io.boomerang.blade.BladeNode;
import io.boomerang.blade.BladeObserver;
import io.boomerang.blade.announcer.AnnouncePolicy;
import io.boomerang.blade.announcer.Silence;
import io.boomerang.blade.processor.PacketProcessor;
import io.boomerang.blade.processor.PassThrough;
import io.boomerang.blade.processor.SourceNat;
import io.boomerang.blade.processor.StatefulFirewall;
import io.boomerang.blade.terminal.TerminalBlade;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.device.ApplianceProcessor;
import io.boomerang.device.HandoffConfig;
import io.boomerang.device.KernelProcessor;
import io.boomerang.device.KernelStack;
import io.boomerang.handoff.move.RotatingHosts;
import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.node.config.ServiceConfig;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Makes what the chassis file says of a processing blade, on the thread that will use it.
final class BladeMaker {
    private final ChassisConfig config;
    private final NodeConfig node;
    private final Member self;
    private final Backplane backplane;
    private final ControlSender control;

    private BladeMaker(
            final ChassisConfig config,
            final NodeConfig node,
            final Member self,
            final Backplane backplane,
            final ControlSender control) {
        this.config = config;
        this.node = node;
        this.self = self;
        this.backplane = backplane;
        this.control = config.announcements() ? control : new Silence(control);
    }

    /// @throws IOException when something that the blade needs cannot be opened
    static ProcessingBlade make(
            final ChassisConfig config,
            final NodeConfig node,
            final Member self,
            final Backplane backplane,
            final ControlSender control)
            throws IOException {
        return new BladeMaker(config, node, self, backplane, control).make();
    }

    private ProcessingBlade make() throws IOException {
        return switch (config.service()) {
            case ServiceConfig.Pass() -> passing(new PassThrough());
            case ServiceConfig.Firewall(var rules) -> passing(new StatefulFirewall(rules));
            case ServiceConfig.Appliance(var appliances) ->
                    passing(ApplianceProcessor.open(appliances, node.blade()));
            case ServiceConfig.Kernel(var kernel) ->
                    passing(KernelProcessor.open(kernel, node.blade()));
            case ServiceConfig.SourceNat(var nat) ->
                    passing(new SourceNat(nat, nat.rangeOf(node.index())));
            case ServiceConfig.Handoff(var handoff) -> ending(handoff);
        };
    }

    private ProcessingBlade passing(final PacketProcessor processor) {
        return new PacketBlade(
                new BladeNode(
                        bladeConfig(),
                        config.parameters(),
                        self,
                        processor,
                        backplane,
                        control,
                        BladeObserver.NONE),
                processor);
    }

    private BladeConfig bladeConfig() {
        return config.announcements()
                ? config.blade()
                : config.blade().withAnnounce(AnnouncePolicy.ASYNC);
    }

    private ProcessingBlade ending(final HandoffConfig handoff) throws IOException {
        final KernelStack stack =
                KernelStack.open(handoff, node.blade(), new RotatingHosts(hosts(handoff)));
        final TerminalBlade terminal =
                new TerminalBlade(
                        bladeConfig(),
                        config.parameters(),
                        self,
                        stack,
                        TimeUnit.MILLISECONDS.toNanos(handoff.patienceMs()),
                        backplane,
                        control,
                        BladeObserver.NONE);
        return new HandoffBlade(terminal, stack, handoff.accepts(node.blade()));
    }

    /// Node ids by service.
    private Map<String, List<Integer>> hosts(final HandoffConfig handoff) {
        final Map<String, List<Integer>> hosts = new HashMap<>();
        for (final String service : handoff.services()) {
            final List<String> blades = handoff.hostsOf(service);
            hosts.put(
                    service,
                    config.nodes().stream()
                            .filter(each -> each.role() == Role.BLADE)
                            .filter(each -> blades.contains(each.blade()))
                            .map(NodeConfig::node)
                            .toList());
        }
        return hosts;
    }
}
