"""Users and what they were granted: role, unit and region, dated."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from bihuan.places.models import Person, Region, Unit


class UserManager(BaseUserManager["User"]):
    """Creates users with a hashed password."""

    def create_user(self, username: str, *, person: Person | None, password: str | None) -> "User":
        """Create an account; without password it can't sign in until one is set."""
        user = self.model(username=username, person=person)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account of a person."""

    username = models.CharField("账号", max_length=40, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, verbose_name="姓名")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="所属单位")
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    totp_secret = models.BinaryField(default=bytes, blank=True)
    totp_last_step = models.BigIntegerField(default=0)
    failed_sign_ins = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    session_epoch = models.IntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Name as shown in trail and screens."""
        return self.person.name if self.person else self.username

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Tie every session to password and epoch: either changes, and the session is over."""
        stands = f"{self.password}|{self.session_epoch}"
        return salted_hmac("bihuan.session", stands, secret=secret, algorithm="sha256").hexdigest()


class Grant(models.Model):
    """A role given to a user for a unit and a region, from a day until a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField("角色", max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="范围")
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "user",
                    "role",
                    "unit",
                    "from_on",
                ),
                name="grant_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.unit}"


class RecoveryCode(models.Model):
    """One printed code for the day the phone is lost; only its keyed digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.used_at or 'unused'}"


class Sitting(models.Model):
    """One signed-in browser; its row goes when the session ends."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sittings")
    session_key = models.CharField(max_length=40, unique=True)  # the row's: `row_key`
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at}"


class SignIn(models.Model):
    """One attempt to sign in, and what came of it; a wrong account name is never kept."""

    class Outcome(models.TextChoices):
        SIGNED_IN = "signed_in", "已登录"
        WRONG = "wrong", "账号或密码不对"
        WRONG_CODE = "wrong_code", "动态码不对"
        LOCKED = "locked", "锁定中"
        SIGNED_OUT = "signed_out", "已退出"
        EXPIRED = "expired", "超时退出"

    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sign_ins")
    outcome = models.CharField(max_length=12, choices=Outcome)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.at} {self.outcome}"


class AuditLine(models.Model):
    """One act of administration; append-only, kept so by triggers."""

    at = models.DateTimeField()
    action = models.CharField(max_length=20)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.at} {self.action} {self.subject}"
