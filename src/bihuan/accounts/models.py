"""Users and what they were granted: role, unit and region, dated."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

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
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    totp_secret = models.BinaryField(default=bytes, blank=True)
    totp_last_step = models.BigIntegerField(default=0)
    failed_sign_ins = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    session_epoch = models.IntegerField(default=0)

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Name as shown in trail and screens."""
        return self.person.name if self.person else self.username


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
