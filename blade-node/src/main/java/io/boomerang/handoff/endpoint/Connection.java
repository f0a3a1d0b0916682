package io.boomerang.handoff.endpoint;

import io.boomerang.handoff.NegotiatedOptions;

import java.net.InetSocketAddress;

/// Both halves of a connection, once its peer is known.
record Connection(
        InetSocketAddress remote,
        NegotiatedOptions options,
        Transmitter transmitter,
        Receiver receiver) {}
