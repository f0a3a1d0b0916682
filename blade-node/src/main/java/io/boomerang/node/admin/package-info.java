/// What operators ask of a running daemon, and how they ask: HTTP with JSON, metrics, a page.
///
/// The only package that sees HTTP. Answers come from the nodes' own threads, see {@link
/// io.boomerang.node.admin.OperatedNode}.
@NullMarked
package io.boomerang.node.admin;

import org.jspecify.annotations.NullMarked;
