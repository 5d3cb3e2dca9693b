// Evaluation of expressions of the Common Expression Language over what is known of a stream: the
// attributes of Envoy (its page "Attributes"), read from the same facts as an access log.
//
// The trees are made by src/cel/compile.ts. Nothing is locked; small results stay on the stack.
#pragma once

#include "accesslog/format.h"
#include "cel/value.h"

namespace attache::cel {

// The value of an expression. Texts and lists in it belong to `arena`, to the expression or to
// `input`. An error for whatever has no value: a missing attribute, a wrong type, an overflow.
Value evaluate(const tables::CelNode& node, const accesslog::LogInput& input, Arena& arena);

// Whether the expression is true; false for an error and for any other value.
bool isTrue(const tables::CelNode& node, const accesslog::LogInput& input);

// Appends the value's text to `out`; false, and nothing, for an error.
bool appendValue(const tables::CelNode& node, const accesslog::LogInput& input,
                 accesslog::LineBuffer& out);

// One of Envoy's attributes.
Value attribute(tables::CelAttribute attribute, tables::TlsFact fact,
                const accesslog::LogInput& input, Arena& arena);

}  // namespace attache::cel
