"""What an assistant can do, whoever decides on it: the rules, a model, or a client.

`tool_registry` knows the tools and `ToolExecutionService` runs them; both take
what a tool may know of its user from a `ToolContext`. See docs/writing-a-tool.md.
"""

from chat_service.tools.base import BaseTool, ToolContext, ToolParameter, ToolResult
from chat_service.tools.event_brief import EventBrief
from chat_service.tools.execution import ToolExecutionService
from chat_service.tools.for_models import result_for_model
from chat_service.tools.functions import FunctionTool, tool
from chat_service.tools.registry import ToolRegistry, tool_registry

__all__ = [
    "BaseTool",
    "EventBrief",
    "FunctionTool",
    "ToolContext",
    "ToolExecutionService",
    "ToolParameter",
    "ToolRegistry",
    "ToolResult",
    "result_for_model",
    "tool",
    "tool_registry",
]
