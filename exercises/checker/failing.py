"""Makes the tests of a learner fail on purpose: what do they leave behind then? Pure.

On a bug, tests are to fail. Whether they end what they started must not depend on which bug it is.
"""

import ast

AT_ONCE = "before its first line"  # whatever is left then is left by a fixture
LATER = "where it asserts something, or else before its last line"

_Test = ast.FunctionDef | ast.AsyncFunctionDef


def failing(text: bytes, when: str) -> bytes:
    """Return the text of a module whose tests fail at this point; as it is, where that cannot be.

    An assertion is made with all that it waits for, and fails whatever comes of it.
    """
    try:
        module = ast.parse(text)
        for node in ast.walk(module):
            if isinstance(node, _Test) and node.name.startswith("test"):
                _fail(node, when)
        return ast.unparse(ast.fix_missing_locations(module)).encode()
    except (SyntaxError, ValueError, RecursionError):
        return text


def _fail(test: _Test, when: str) -> None:
    asserts = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
    if when == AT_ONCE:
        test.body.insert(0, _never())
    elif asserts:
        for node in asserts:
            node.test = ast.BoolOp(ast.And(), [node.test, ast.Constant(False)])
    else:
        test.body.insert(-1, _never())


def _never() -> ast.stmt:
    return ast.Assert(ast.Constant(False))
