#include "accesslog/format.h"

#include "accesslog/json_escape.h"
#include "accesslog/values.h"

namespace attache::accesslog {
namespace {

using tables::Format;
using tables::FormatNodeKind;
using tables::FormatOp;

// Deeper JSON is refused when it is compiled (src/accesslog/json.ts).
constexpr size_t kMaxDepth = 32;

struct Context {
  const LogInput& input;
  uint64_t now_us;
  LineBuffer& out;
  // Texts that have to be made. Its memory moves when it grows, so it is cleared before every
  // operator: one value is in use at a time.
  LineBuffer& scratch;
  std::string_view absent;  // "-" or nothing

  Value value(const FormatOp& op) {
    scratch.clear();
    return evaluate(op, input, now_us, scratch);
  }
};

LineBuffer& threadScratch() {
  static thread_local LineBuffer scratch;
  return scratch;
}

void appendSigned(int64_t number, LineBuffer& out) {
  if (number < 0) {
    out.append('-');
    out.appendNumber(uint64_t{0} - static_cast<uint64_t>(number));
  } else {
    out.appendNumber(static_cast<uint64_t>(number));
  }
}

void appendPlain(const FormatOp& op, Context& context) {
  if (op.kind == FormatNodeKind::Text) {
    context.out.append(op.text.view());
    return;
  }
  Value value = context.value(op);
  switch (value.kind) {
    case Value::Kind::Text:
      context.out.append(value.text);
      break;
    case Value::Kind::Number:
      appendSigned(value.number, context.out);
      break;
    case Value::Kind::None:
      context.out.append(context.absent);
      break;
  }
}

// A whole JSON value.
void appendTyped(const Value& value, LineBuffer& out) {
  switch (value.kind) {
    case Value::Kind::Text:
      out.append('"');
      appendJsonEscaped(value.text, out);
      out.append('"');
      break;
    case Value::Kind::Number:
      appendSigned(value.number, out);
      break;
    case Value::Kind::None:
      out.append("null");
      break;
  }
}

// Part of a JSON string; the text of the format itself is escaped already.
void appendInString(const FormatOp& op, Context& context) {
  if (op.kind == FormatNodeKind::Text) {
    context.out.append(op.text.view());
    return;
  }
  Value value = context.value(op);
  switch (value.kind) {
    case Value::Kind::Text:
      appendJsonEscaped(value.text, context.out);
      break;
    case Value::Kind::Number:
      appendSigned(value.number, context.out);
      break;
    case Value::Kind::None:
      context.out.append(context.absent);
      break;
  }
}

// JSON where members without a value are left out, and objects without members too. Each level
// knows where it began and whether something is in it.
class Tree {
 public:
  explicit Tree(Context& context) : context_(context) {}

  void append(const FormatOp& op) {
    switch (op.kind) {
      case FormatNodeKind::Text:
        context_.out.append(op.text.view());
        break;
      case FormatNodeKind::Constant:
        member(op);
        break;
      case FormatNodeKind::Operator:
        appendOperator(op);
        break;
      case FormatNodeKind::StringBegin:
        member(op);
        context_.out.append('"');
        in_string_ = true;
        break;
      case FormatNodeKind::StringEnd:
        context_.out.append('"');
        in_string_ = false;
        break;
      case FormatNodeKind::ObjectBegin:
        open(op, '{');
        break;
      case FormatNodeKind::ListBegin:
        open(op, '[');
        break;
      case FormatNodeKind::ObjectEnd:
        close('}');
        break;
      case FormatNodeKind::ListEnd:
        close(']');
        break;
    }
  }

 private:
  struct Level {
    size_t begin;    // before its comma and key
    bool in_parent;  // the parent had members before it
    bool any;
  };

  // The comma and the key of a member that is sure to have a value.
  void member(const FormatOp& op) {
    if (depth_ > 0) {
      if (levels_[depth_ - 1].any) context_.out.append(',');
      levels_[depth_ - 1].any = true;
    }
    context_.out.append(op.text.view());
  }

  void appendOperator(const FormatOp& op) {
    if (in_string_) {
      appendInString(op, context_);
      return;
    }
    Value value = context_.value(op);
    if (value.kind == Value::Kind::None) return;
    member(op);
    appendTyped(value, context_.out);
  }

  void open(const FormatOp& op, char bracket) {
    if (depth_ == kMaxDepth) return;
    bool in_parent = depth_ > 0 && levels_[depth_ - 1].any;
    size_t begin = context_.out.size();
    member(op);
    context_.out.append(bracket);
    levels_[depth_++] = {begin, in_parent, false};
  }

  void close(char bracket) {
    if (depth_ == 0) return;
    Level level = levels_[--depth_];
    if (bracket == '}' && !level.any && depth_ > 0) {
      context_.out.truncate(level.begin);
      levels_[depth_ - 1].any = level.in_parent;
      return;
    }
    context_.out.append(bracket);
  }

  Context& context_;
  Level levels_[kMaxDepth];
  size_t depth_ = 0;
  bool in_string_ = false;
};

void appendJson(const Format& format, Context& context) {
  if (format.omit_empty) {
    Tree tree(context);
    for (const FormatOp& op : format.ops) tree.append(op);
  } else {
    for (const FormatOp& op : format.ops) {
      if (op.kind == FormatNodeKind::Operator && op.json_typed) {
        appendTyped(context.value(op), context.out);
      } else {
        appendInString(op, context);
      }
    }
  }
  context.out.append('\n');
}

}  // namespace

void format(const Format& format, const LogInput& input, uint64_t now_us, LineBuffer& out) {
  Context context{input, now_us, out, threadScratch(), format.omit_empty ? "" : "-"};
  if (format.json) {
    appendJson(format, context);
    return;
  }
  for (const FormatOp& op : format.ops) appendPlain(op, context);
}

std::string_view formatInto(const Format& compiled, const LogInput& input, uint64_t now_us,
                            Arena& arena) {
  if (compiled.ops.empty()) return "";
  // A constant was checked when it was compiled (src/accesslog/format.ts).
  if (compiled.ops.size() == 1 && compiled.ops[0].kind == FormatNodeKind::Text) {
    return compiled.ops[0].text.view();
  }
  static thread_local LineBuffer line;
  line.clear();
  format(compiled, input, now_us, line);
  std::string_view text = line.view();
  char* copy = arena.alloc(text.size());
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    copy[i] = c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  }
  return {copy, text.size()};
}

}  // namespace attache::accesslog
