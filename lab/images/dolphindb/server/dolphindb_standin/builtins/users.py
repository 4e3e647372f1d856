"""Log-in and users."""

from ..registry import ONLY_ADMINISTRATORS, function
from ..users import hashed
from ..values import INT, LONG, STRING, EngineError, Dictionary, Scalar, boolean, string, strings, text_of, truth
from ..values import ANY


def _change(node, user, password, admin=None):
    """Has the group know a password; from another node the leader is asked."""
    if " " in password or password == "":
        raise EngineError("The password can't be empty or contain spaces.")
    arguments = {"user": user, "hash": hashed(password), "admin": admin}
    if node.mode == "controller":
        node.group.change("user", **arguments)
    else:
        node.ask_leader("lead", method="membership.change", arguments={"do": "user", **arguments})


@function("login")
def login(context, userId, password, enableEncryption=None):
    context.node.log_in(context.session, text_of(userId), text_of(password))


@function("logout")
def logout(context, *_):
    context.session.log_in("guest", False)


@function("changePwd")
def change_pwd(context, oldPwd, newPwd):
    user = context.session.user
    if context.node.verify(user, text_of(oldPwd)) is None:
        raise EngineError("The old password is incorrect.")
    _change(context.node, user, text_of(newPwd))


@function("resetPwd", admin=ONLY_ADMINISTRATORS)
def reset_pwd(context, userId, newPwd):
    if text_of(userId) not in _users(context.node):
        raise EngineError(f"The user [{text_of(userId)}] doesn't exist.")
    _change(context.node, text_of(userId), text_of(newPwd))


@function("createUser", admin=ONLY_ADMINISTRATORS)
def create_user(context, userId, password, groupIds=None, isAdmin=None, authMode=None):
    if text_of(userId) in _users(context.node):
        raise EngineError(f"The user [{text_of(userId)}] already exists.")
    _change(context.node, text_of(userId), text_of(password), isAdmin is not None and truth(isAdmin))


@function("deleteUser", admin=ONLY_ADMINISTRATORS)
def delete_user(context, userId):
    user = text_of(userId)
    if user not in _users(context.node):
        raise EngineError(f"The user [{user}] doesn't exist.")
    if context.node.mode == "controller":
        context.node.group.change("drop_user", user=user)
    else:
        context.node.ask_leader("lead", method="membership.change", arguments={"do": "drop_user", "user": user})


def _users(node):
    return node.group.data["users"] if node.mode == "controller" else node.heart.last_answer["users"]


@function("getUserList", admin=ONLY_ADMINISTRATORS)
def get_user_list(context):
    return strings(sorted(_users(context.node)))


@function("getCurrentSessionAndUser")
def get_current_session_and_user(context):
    session = context.session
    return Dictionary(STRING, ANY, {"sessionId": Scalar(LONG, int(session.number)), "userId": string(session.user)})


@function("isClientAuth")
def is_client_auth(context):
    return boolean(context.node.has_client_auth)


@function("getRequiredAPIVersion")
def get_required_api_version(context):
    return Dictionary(STRING, INT, {})
